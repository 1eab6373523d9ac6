"""Scores a prompt: fills a template with questions, asks a model, counts right answers and words.

The model is an adapter, `MODELS[name](prompt, temperature, random) -> text`. The one here is small and deterministic: it
adds numbers, but only where the prompt asks for a number alone, and it errs more often the warmer it is. Put a call of your
model beside it."""

import argparse
import json
import pathlib
import random
import re

QUESTIONS = [("2 + 3", "5"), ("10 + 7", "17"), ("4 + 4", "8"), ("12 + 30", "42"), ("1 + 99", "100"),
             ("6 + 8", "14"), ("21 + 9", "30"), ("5 + 16", "21"), ("7 + 7", "14"), ("40 + 2", "42")]


def small_model(prompt, temperature, source):
    a, b = map(int, re.search(r"(\d+) \+ (\d+)", prompt).groups())
    steps = "step by step" in prompt
    error = 0 if source.random() > temperature * (0.3 if steps else 0.8) else source.choice([-1, 1, 10])
    answer = str(a + b + error)
    return answer if "only the number" in prompt else f"Well, let me see, that would be about {answer}, I think."


MODELS = {"small": small_model}

parser = argparse.ArgumentParser()
parser.add_argument("--template", required=True)
parser.add_argument("--shots", type=int, required=True)
parser.add_argument("--temperature", type=float, required=True)
parser.add_argument("--model", choices=MODELS, default="small")
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()

template = (pathlib.Path(__file__).parent / "templates" / f"{options.template}.txt").read_text()
examples = "".join(f"{question} = {answer}\n" for question, answer in QUESTIONS[:options.shots])
source = random.Random(options.seed)
right = words = 0
for step, (question, answer) in enumerate(QUESTIONS[options.shots:], 1):
    # The question comes last in every template, so that the model sees the one that is meant.
    prompt = template.replace("[QUESTION]", question).replace("[EXAMPLES]", "")
    reply = MODELS[options.model](prompt, options.temperature, source)
    right += reply.strip() == answer
    words += len((examples + prompt + reply).split())
    print(json.dumps({"step": step, "accuracy": right / step, "words": words / step}), flush=True)

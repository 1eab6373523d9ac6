"""The study in Optuna: its best trial, and what early stopping did."""

import collections

import optuna

study = optuna.load_study(study_name="sklearn", storage="sqlite:///sklearn.db")
print(collections.Counter(trial.state.name for trial in study.trials).most_common())
print("best:", study.best_trial.number, study.best_params)

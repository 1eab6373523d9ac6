"""Tuners that need environments of their own: a module each, with `Tuner`. They run in server.py;
../tuners/served_tuner.py talks with it."""

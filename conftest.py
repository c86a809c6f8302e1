"""Texts are compared in English, the language of the messages, unless a test speaks another."""

import os

os.environ["WORKBENCH_LANGUAGE"] = "en"

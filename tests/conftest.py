"""Puts this folder on the path, so that toys shared by several kinds of tests can be imported."""

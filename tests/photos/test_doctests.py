"""The worked examples in the docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import photos

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(photos.__path__, "photos.")
    if not m.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str):
    assert doctest.testmod(importlib.import_module(name)).failed == 0

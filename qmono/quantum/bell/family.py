"""Families of Bell inequalities: a name, the parameters it takes, and what builds a member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qmono.errors import UsageError
from qmono.quantum.bell.inequality import Inequality


@dataclass(frozen=True)
class Parameter:
    """A number that chooses a member of a family; `option` is how the command line writes it."""

    option: str
    default: float
    smallest: float
    largest: float
    whole: bool = True


@dataclass(frozen=True)
class Family:
    """Inequalities that differ in their parameters; `build` takes them in order."""

    build: Callable[..., Inequality]
    parameters: tuple[Parameter, ...] = ()

    def member(self, written: str | None = None, **given: float | None) -> Inequality:
        """The member with these parameters, named as the options with _ for -; None is the default.

        `written` is the first parameter as text. Raises UsageError for a parameter that the family does not
        take, that is given twice, or that is out of range.
        """
        asked = {name: value for name, value in given.items() if value is not None}
        if written is not None:
            if not self.parameters:
                raise UsageError(f"this inequality takes no parameters, got :{written}")
            first = _keyword(self.parameters[0])
            if first in asked:
                raise UsageError(
                    f"--{first.replace('_', '-')} is given twice, as :{written} and as an option"
                )
            asked[first] = _number(written)
        numbers = [_checked(item, asked.pop(_keyword(item), item.default)) for item in self.parameters]
        if asked:
            raise UsageError(_no_such(next(iter(asked)), self.parameters))
        return self.build(*numbers)


def the_only(inequality: Inequality) -> Family:
    """A family of one."""
    return Family(lambda: inequality)


def _keyword(parameter: Parameter) -> str:
    return parameter.option.removeprefix("--").replace("-", "_")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"the parameter of an inequality is a number, got {text!r}") from None


def _checked(parameter: Parameter, value: float) -> float:
    if not parameter.smallest <= value <= parameter.largest or (parameter.whole and value != int(value)):
        kind = "a whole number" if parameter.whole else "a number"
        raise UsageError(
            f"{parameter.option} must be {kind} from {parameter.smallest:g} to {parameter.largest:g}, "
            f"got {value:g}"
        )
    return int(value) if parameter.whole else float(value)


def _no_such(keyword: str, parameters: tuple[Parameter, ...]) -> str:
    option = "--" + keyword.replace("_", "-")
    takes = ", ".join(item.option for item in parameters) or "no parameters"
    return f"{option} has no meaning for this inequality, which takes {takes}"

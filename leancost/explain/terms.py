"""A figure taken apart: a tree of terms, each a formula over its parts, whose arithmetic is checked."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import cache
from typing import Final, Literal

from leancost.errors import LeancostError
from leancost.tables.source_rows import SourceRow

SUM: Final = "sum"
"""The formula of a term that adds up its parts."""
SIGNS: Final = str.maketrans({"−": "-", "×": "*", "÷": "/"})

EXACT: Final = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow])
"""Decimal arithmetic that raises rather than lose a digit."""

Kind = Literal["amount", "price", "quantity"]


@dataclass(frozen=True)
class Term:
    """One figure: what it is, the formula over the names of its parts, the rule it comes from, the rows behind it.

    A formula uses + − × ÷, parentheses, rounded(), least() and greatest(); `sum` adds up all parts.
    With `digits` its result is rounded half away from zero. Without parts the figure is one read
    from a row, or one that `note` says where to find explained.
    """

    name: str
    value: Decimal
    kind: Kind = "quantity"
    formula: str = ""
    digits: int | None = None
    rule: str = ""
    parts: tuple["Term", ...] = ()
    rows: tuple[SourceRow, ...] = ()
    label: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """What the figure is called where it stands alone."""
        return self.label or self.name.replace("_", " ")

    @property
    def exact(self) -> Fraction:
        """The formula over the parts, before it is rounded."""
        if self.formula == SUM:
            return sum((Fraction(part.value) for part in self.parts), Fraction(0))
        values = {part.name: Fraction(part.value) for part in self.parts}
        return _evaluate(_parsed(self.formula), values, 2 if self.digits is None else self.digits)

    def walk(self) -> Iterator["Term"]:
        """This term and every term below it, as often as it stands there."""
        waiting = [self]
        while waiting:
            term = waiting.pop()
            yield term
            waiting.extend(reversed(term.parts))

    def walk_once(self) -> Iterator["Term"]:
        """Every term once, the parts of a term before it; structures may be nested as deep as they like."""
        seen: set[int] = set()
        waiting = [(self, False)]
        while waiting:
            term, parts_are_done = waiting.pop()
            if parts_are_done:
                yield term
            elif id(term) not in seen:
                seen.add(id(term))
                waiting.append((term, True))
                waiting.extend((part, False) for part in reversed(term.parts))


def checked(term: Term) -> Term:
    """The term itself, where its parts and their parts give its value.

    Raises LeancostError naming the figure, what it is and what its formula gives.
    """
    for one in term.walk_once():
        if one.formula:
            result = one.exact if one.digits is None else rounded(one.exact, one.digits)
            if result != Fraction(one.value):
                raise LeancostError(
                    f"{one.title} is {one.value}, but its parts give {_plain(result)}: {line_text(one, 2)}. "
                    "The figure does not follow from what it is made of."
                )
    return term


def rounded(value: Fraction, digits: int) -> Fraction:
    """Half away from zero, exactly."""
    scale = 10**digits
    whole = (abs(value) * scale * 2 + 1) // 2
    return Fraction(whole if value >= 0 else -whole, scale)


def added(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, value)
    return result


def total(parts: Iterable[Term]) -> Decimal:
    """The exact sum of the values of terms."""
    return added(part.value for part in parts)


def product(left: Decimal, right: Decimal) -> Decimal:
    """The exact product."""
    return EXACT.multiply(left, right)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """Half away from zero, as every figure of a run is rounded."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=120))


def figure_text(value: Decimal, kind: Kind, digits: int) -> str:
    """An amount with the currency's decimals and in parentheses where negative; others as they are."""
    least = {"amount": digits, "price": 2, "quantity": 0}[kind]
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    places = max(least, -exponent if isinstance(exponent, int) else 0) if value else least
    text = f"{abs(value):,.{places}f}"
    if value >= 0:
        return text
    return f"({text})" if kind == "amount" else f"−{text}"


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula.translate(SIGNS), mode="eval").body


def _evaluate(node: ast.expr, values: Mapping[str, Fraction], digits: int) -> Fraction:
    match node:
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Constant(value=int() as number):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, values, digits)
        case ast.BinOp(left=left, op=operator, right=right):
            return _operation(operator)(_evaluate(left, values, digits), _evaluate(right, values, digits))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            given = [_evaluate(argument, values, digits) for argument in arguments]
            if function == "rounded":
                return rounded(given[0], digits)
            if function in ("least", "greatest"):
                return min(given) if function == "least" else max(given)
    raise LeancostError(f"A formula of the explanation cannot be read: {ast.unparse(node)} is no part of it.")


def _operation(operator: ast.operator) -> Callable[[Fraction, Fraction], Fraction]:
    match operator:
        case ast.Add():
            return lambda left, right: left + right
        case ast.Sub():
            return lambda left, right: left - right
        case ast.Mult():
            return lambda left, right: left * right
        case ast.Div():
            return lambda left, right: left / right
    raise LeancostError(f"A formula of the explanation cannot be read: {operator} is no operation of it.")


def line_text(term: Term, digits: int) -> str:
    """The figure's own line: its name, the formula with its numbers, the value."""
    value = figure_text(term.value, term.kind, digits)
    if not term.formula:
        line = f"{term.title} {value}"
        rows = "; ".join(map(str, term.rows))
        line += f" · {rows}" if rows else ""
    elif term.formula == SUM:
        line = (
            f"{term.title} = sum of {len(term.parts)} = {value}" if len(term.parts) > 1 else f"{term.title} = {value}"
        )
        line += f" (rounded from {_plain(term.exact)})" if _is_rounded(term) else ""
    else:
        line = f"{term.title} = {_filled(term, digits)}"
        line += f" = {_plain(term.exact)}, rounded {value}" if _is_rounded(term) else f" = {value}"
    return f"{line} ({term.note})" if term.note else line


def _filled(term: Term, digits: int) -> str:
    """The formula, each name followed by its number."""
    numbers = {part.name: figure_text(part.value, part.kind, digits) for part in term.parts}
    words = []
    word = ""
    for sign in f"{term.formula} ":
        if sign.isalnum() or sign == "_":
            word += sign
            continue
        words.append(f"{word.replace('_', ' ')} {numbers[word]}" if word in numbers else word)
        words.append(sign)
        word = ""
    return "".join(words).strip()


def _is_rounded(term: Term) -> bool:
    return term.digits is not None and term.exact != Fraction(term.value)


def _plain(value: Fraction) -> str:
    """A fraction as a decimal; one that never ends is cut after twelve decimals."""
    cut = rounded(value, 18 if (value * 10**18).denominator == 1 else 12)
    text = f"{Decimal(cut.numerator) / Decimal(cut.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""A reader for the few Python forms that the function items use; it runs nothing.

It walks the syntax tree by itself, so that an item's truth does not rest on the code that made it.
Whatever is not listed here is an error.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Value: TypeAlias = int | str | list[int]

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sum": sum,
    "max": max,
    "min": min,
    "range": range,
    "sorted": sorted,
}


def evaluate_call(source: str, expression: str) -> Any:
    """Return what ``expression``, a call of the one function in ``source``, evaluates to."""
    function = ast.parse(source).body[0]
    target = ast.parse(expression, mode="eval").body
    if not isinstance(function, ast.FunctionDef) or not isinstance(target, ast.Call):
        raise ValueError("expected one function and one call")
    names = [argument.arg for argument in function.args.args]
    scope = dict(zip(names, [_value(argument, {}) for argument in target.args], strict=True))
    returned, value = _run(function.body, scope)
    if not returned:
        raise ValueError("the function returns nothing")
    return value


def _run(body: list[ast.stmt], scope: dict[str, Any]) -> tuple[bool, Any]:
    """Step through statements; the first result says whether a return was met."""
    for statement in body:
        match statement:
            case ast.Return(value=ast.expr() as value):
                return True, _value(value, scope)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                scope[name] = _value(value, scope)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                scope[name] = _BINARY[type(op)](scope[name], _value(value, scope))
            case ast.If(test=condition, body=then, orelse=otherwise):
                returned, result = _run(then if _value(condition, scope) else otherwise, scope)
                if returned:
                    return True, result
            case ast.For(target=ast.Name(id=name), iter=source, body=inner):
                for each in _value(source, scope):
                    scope[name] = each
                    returned, result = _run(inner, scope)
                    if returned:
                        return True, result
            case _:
                raise ValueError(f"not supported: {ast.dump(statement)}")
    return False, None


def _value(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return scope[name]
        case ast.List(elts=parts):
            return [_value(part, scope) for part in parts]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, scope)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, scope), _value(right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](_value(left, scope), _value(right, scope))
        case ast.Subscript(value=value, slice=ast.Slice(lower=low, upper=high, step=step)):
            bounds = (None if part is None else _value(part, scope) for part in (low, high, step))
            return _value(value, scope)[slice(*bounds)]
        case ast.Subscript(value=value, slice=place):
            return _value(value, scope)[_value(place, scope)]
        case ast.GeneratorExp(elt=element, generators=[loop]):
            return _loop(element, loop, scope)
        case ast.ListComp(elt=element, generators=[loop]):
            return _loop(element, loop, scope)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*[_value(argument, scope) for argument in arguments])
        case ast.Call(func=ast.Attribute(value=owner, attr="count"), args=[part]):
            return _value(owner, scope).count(_value(part, scope))
        case _:
            raise ValueError(f"not supported: {ast.dump(node)}")


def _loop(element: ast.expr, loop: ast.comprehension, scope: Mapping[str, Any]) -> list[Any]:
    if not isinstance(loop.target, ast.Name):
        raise ValueError("expected one loop variable")
    result = []
    for each in _value(loop.iter, scope):
        inner = {**scope, loop.target.id: each}
        if all(_value(condition, inner) for condition in loop.ifs):
            result.append(_value(element, inner))
    return result

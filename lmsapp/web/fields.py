"""Fields and choices that forms of several wings share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget


def sure(field: Field) -> Any:
    """The value of a field that validation has found to be there."""
    return field.data


class TicksField(SelectMultipleField):
    """Checkboxes; nothing ticked is an empty list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def choices(words: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """For a select field: from value -> label, or pairs of them."""
    pairs = words.items() if isinstance(words, Mapping) else words
    return [SelectChoice(str(value), label) for value, label in pairs]

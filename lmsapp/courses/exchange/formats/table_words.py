"""What columns and kinds are called: in our own files, and in those of others."""

from __future__ import annotations

import re
import unicodedata

from lmsapp.courses.exchange.formats.draft import (
    MATCHING,
    MULTIPLE,
    NUMERIC,
    OPEN,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
)

COLUMNS = ("type", "question", "correct", "scoring", "points", "explanation", "tags", "category", "unit", "case",
           "sample", "min words", "max words", "rubric")  # fmt: skip
OPTION = "option"
CHOICE = "choice"
"""A kind that says no more than that something is chosen: one or several, by how many are right."""

_HEADINGS = {
    "type": "type kind questiontype tipo art fragetyp qtype format",
    "question": "question prompt questiontext text stem title item pregunta frage enunciado fragetext question1",
    "correct": (
        "correct correctanswer correctanswers answer answers rightanswer right key answerkey solution correcta "
        "correctas respuesta respuestacorrecta richtig richtigeantwort correctoption correctoptions "
        "correctanswerchooseatleastone correctanswerschooseatleastone"
    ),
    "scoring": "scoring grading puntuacion wertung",
    "points": "points point score marks mark weight puntos punkte maxpoints grade value",
    "explanation": "explanation feedback rationale comment generalfeedback explicacion erklarung answerexplanation",
    "tags": "tags tag concept concepts keywords topic topics etiquetas conceptos stichworte",
    "category": "category section group pool categoria kategorie unidad chapter subject",
    "unit": "unit units unidad einheit",
    "case": "case casesensitive mayusculas grosskleinschreibung",
    "sample": "sample sampleanswer modelanswer musterlosung respuestamodelo",
    "min words": "minwords minimumwords",
    "max words": "maxwords maximumwords",
    "rubric": "rubric rubrica bewertungsraster",
    OPTION: "options choices alternatives opciones antworten answeroptions",
}
HEADINGS = {word: column for column, words in _HEADINGS.items() for word in words.split()}
_NUMBERED = re.compile(
    r"(?:option|answer|choice|alternative|distractor|item|pair|opcion|respuesta|antwort|a|ans|opt)(\d{1,2}|[a-z])"
)
_LETTER = re.compile(r"[a-z]")
_WRONG = re.compile(r"(?:distractor|wrong|wronganswer|incorrect|incorrectanswer)(\d{0,2})")

_KINDS = {
    SINGLE: "single singlechoice singleanswer oneright sc unica",
    MULTIPLE: "multiple multipleanswer multipleanswers multipleresponse multiselect severalright checkbox checkboxes "
    "ma mr multipleselect multiplecorrect seleccionmultiple",
    CHOICE: "choice multiplechoice mc mcq multichoice opcionmultiple auswahl quiz radio",
    TRUE_FALSE: "truefalse true_false tf boolean yesno verdaderofalso richtigfalsch trueorfalse",
    SHORT: "short shortanswer shorttext text fillintheblank fillin fib fill blank sa typeanswer respuestacorta "
    "kurzantwort",
    NUMERIC: "numeric numerical number num nr numerica numerisch slider",
    MATCHING: "matching match pairs mat emparejamiento zuordnung relacionar",
    ORDERING: "ordering order sequence sort ord jumble ordenar reihenfolge puzzle",
    OPEN: "open essay openended longanswer longtext paragraph freetext ess abierta ensayo offen freitext openanswer",
}
KINDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}

_YES, _NO = (
    "true t yes y 1 x si verdadero v wahr w richtig r ja correct right",
    "false f no n 0 falso falsch nein wrong",
)
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())


def bare(text: str) -> str:
    """Small letters and digits only: 'Correct answer(s)' -> 'correctanswers'."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in flat if c.isascii() and c.isalnum())


def column_of(heading: str) -> str | None:
    """One of COLUMNS, 'option 3', 'option' for all in one cell, 'wrong 1'; None for a heading nobody knows."""
    word = bare(heading)
    if found := _NUMBERED.fullmatch(word):
        return f"{OPTION} {_rank(found[1])}"
    if found := _WRONG.fullmatch(word):
        return f"wrong {found[1] or 1}"
    if _LETTER.fullmatch(word):
        return f"{OPTION} {_rank(word)}"
    return HEADINGS.get(word)


def _rank(word: str) -> int:
    return int(word) if word.isdecimal() else ord(word) - ord("a") + 1

"""Flask-Babel with the way to a translation shortened: a page asks for a hundred, and each asked six proxies anew."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context

from lmsapp.web.dates import counted

GROUPED = 1000  # from here on digits are grouped


class QuickDomain(Domain):
    """Remembers the catalogue of each locale; which one holds is asked at every text, so that it may be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, str | None], Any] = {}

    def get_translations(self) -> Any:
        """The catalogue of the reader's language."""
        try:
            locale = g._flask_babel.babel_locale  # noqa: SLF001 - where Flask-Babel keeps it
            return self.known[locale.language, locale.territory]
        except (AttributeError, KeyError, RuntimeError):
            found = super().get_translations()
            if (locale := get_locale()) is not None:
                self.known[locale.language, locale.territory] = found
            return found


class QuickBabel(Babel):
    """Babel on a QuickDomain of its own, for Python and templates alike."""

    def __init__(self) -> None:
        super().__init__()
        self.quick = QuickDomain()

    @property
    def domain_instance(self) -> QuickDomain:
        """What `gettext` looks texts up in."""
        return self.quick

    def init_app(self, app: Flask, **options: Any) -> None:
        """As Babel does, with our own callables for templates."""
        super().init_app(app, **options)
        translations = self.quick.get_translations
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            gettext=lambda text: translations().ugettext(text),
            ngettext=lambda one, many, n: translations().ungettext(one, many, n),
            newstyle=True,
            pgettext=lambda context, text: translations().upgettext(context, text),
            npgettext=lambda context, one, many, n: translations().unpgettext(context, one, many, n),
        )
        plain: Any = app.jinja_env.globals["ngettext"]

        @pass_context
        def grouped(context: Context, one: str, many: str, num: int, /, **values: Any) -> Any:
            """The number itself as a reader writes it: '1,803 assignments match'."""
            values.setdefault("num", counted(num) if num >= GROUPED else num)
            return plain(context, one, many, num, **values)

        app.jinja_env.globals["ngettext"] = grouped

"""Stand-in."""

from lmsapp.web.studio.wing import bp


@bp.post("/lessons/<int:lesson_id>/trials")
def create_package_trial(lesson_id: int):
    return ""

"""A ZIP without a manifest where it belongs: what it is instead, so that the author knows what to do. Pure."""

from __future__ import annotations

from lmsapp.courses.packages.manifests.hrefs import Files
from lmsapp.courses.packages.zips.names import shown
from lmsapp.infra.words import N_, RuleBroken

MANIFEST = "imsmanifest.xml"

ONE_DOWN = N_(
    "The manifest lies in the folder “%(name)s”. Pack what is in that folder, not the folder itself, and send the ZIP."
)
CMI5 = N_("This is a cmi5 package. Only SCORM 1.2 and SCORM 2004 can be played: export it as one of them.")
XAPI = N_("This is an xAPI (Tin Can) package. Only SCORM 1.2 and SCORM 2004 can be played: export it as one of them.")
AICC = N_("This is an AICC package. Only SCORM 1.2 and SCORM 2004 can be played: export it as one of them.")
H5P = N_("This is an H5P file. Export it as a SCORM package with the program it was made with.")
OFFICE = N_("This is an Office document. Save it as a PDF for a PDF lesson, or make a SCORM package of it.")
COURSE_FILE = N_("This is a course file of this system. Import it in the list of courses.")
BACKUP = N_("This is a backup of a Moodle course. Take the SCORM package out of it, and send that.")
ZIP_IN_ZIP = N_("The ZIP holds another ZIP (“%(name)s”). Unpack it once, and send the one inside.")
WEB_PAGES = N_("The ZIP holds web pages, but no imsmanifest.xml. Publish the content as SCORM, not as “Web” or “HTML”.")
NOTHING = N_("There is no imsmanifest.xml in the ZIP: it is no SCORM package. Export the content as SCORM.")

BY_FILE = (
    ("cmi5.xml", CMI5), ("tincan.xml", XAPI), ("h5p.json", H5P), ("[content_types].xml", OFFICE),
    ("moodle_backup.xml", BACKUP),
)  # fmt: skip


def no_manifest(files: Files) -> RuleBroken:
    """Why there is no manifest at the root of the package."""
    names = [path.lower() for path in files]
    folders = sorted((path for path in files if path.lower().endswith("/" + MANIFEST)), key=lambda one: one.count("/"))
    if folders:
        return RuleBroken(ONE_DOWN, field="file", name=shown(folders[0].rpartition("/")[0]))
    bare = {name.rpartition("/")[2] for name in names}
    for name, words in BY_FILE:
        if name in bare:
            return RuleBroken(words, field="file")
    endings = {name.rpartition(".")[2] for name in names}
    if {"au", "crs"} <= endings or {"des", "cst"} <= endings:
        return RuleBroken(AICC, field="file")
    if "manifest.json" in names and any(name.startswith("files/") for name in names):
        return RuleBroken(COURSE_FILE, field="file")
    if len(names) == 1 and names[0].endswith(".zip"):
        return RuleBroken(ZIP_IN_ZIP, field="file", name=shown(next(iter(files))))
    return RuleBroken(WEB_PAGES if endings & {"html", "htm"} else NOTHING, field="file")

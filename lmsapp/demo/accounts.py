"""Who of the demo can be signed in as by one press; everybody else has the same password."""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_
from lmsapp.people.roles import Role

PASSWORD: Final = "northgate-demo"  # noqa: S105 - for made-up people, and printed on the sign-in page
DOMAIN: Final = "northgate.example"

# (e-mail, name, who that is)
ACCOUNTS: Final = (
    (f"lena@{DOMAIN}", "Lena Fischer", N_("Nurse on Telemetry 4B: takes training")),
    (f"mark@{DOMAIN}", "Mark Okafor", N_("Nurse Manager, Cardiology: looks after a team of forty")),
    (f"hana@{DOMAIN}", "Hana Novák", N_("HR Manager: keeps the employee file")),
    (f"carla@{DOMAIN}", "Carla Reyes", N_("Course Creator: writes courses")),
    (f"milo@{DOMAIN}", "Milo Brandt", N_("Moderator: runs the catalogue and assigns")),
    (f"eva@{DOMAIN}", "Eva Lindqvist", N_("Batch Evaluator: grades")),
    (f"aki@{DOMAIN}", "Aki Tanaka", N_("Auditor: reads records and evidence")),
    (f"sam@{DOMAIN}", "Sam Whitaker", N_("System Manager: configures")),
)

ROLES: Final = {
    "Hana Novák": Role.HR_MANAGER,
    "Carla Reyes": Role.COURSE_CREATOR,
    "Milo Brandt": Role.MODERATOR,
    "Eva Lindqvist": Role.BATCH_EVALUATOR,
    "Aki Tanaka": Role.AUDITOR,
    "Sam Whitaker": Role.SYSTEM_MANAGER,
}

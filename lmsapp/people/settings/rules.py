"""Every setting: its name, what it means, its default and what it may be."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.words import N_, RuleBroken

Value = int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """`least` and `most` bound a number; a yes-or-no has neither. `unit` stands behind the number. `page`: changed on a
    page of its own, which says more about it; '': among the others."""

    name: str
    label: str
    hint: str
    default: Value
    least: int = 0
    most: int = 0
    unit: str = ""
    page: str = ""

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)


SETTINGS: dict[str, Setting] = {
    one.name: one
    for one in (
        Setting(
            "session_idle_minutes",
            N_("Sign out when nothing was done for"),
            N_("Reading a lesson and watching a video count as doing something."),
            60, 5, 24 * 60, N_("minutes"),
        ),
        Setting(
            "session_hours",
            N_("Ask for the password again after"),
            N_("However busy somebody was: a session ends so long after signing in."),
            12, 1, 30 * 24, N_("hours"),
        ),
        Setting(
            "leaver_guard_percent",
            N_("Stop a roster that would remove more than"),
            N_("Such a file is applied only after somebody typed how many people lose access. 0: always ask."),
            10, 0, 100, N_("percent of the people"),
        ),
        Setting(
            "roster_apply_by_itself",
            N_("Apply rosters from the folder by themselves"),
            N_("Only where the columns are known, every line is right and no more people leave than usual."),
            True,
        ),
        Setting(
            "roster_expected_hour",
            N_("Tell HR when no roster came into the folder by"),
            N_("On working days, by the organisation's clock; only where a folder is set up. 24: never."),
            10, 0, 24, N_("o'clock"),
        ),
        Setting(
            "onboard_joiners",
            N_("Start onboarding by itself"),
            N_("For everybody who joins by roster or by hand and was hired not long ago."),
            True,
        ),
        Setting(
            "onboarding_window_days",
            N_("Hired not long ago means within"),
            N_("Whoever was hired earlier is taken for somebody who was here before this system."),
            90, 1, 730, N_("days"),
        ),
        Setting(
            "onboarding_due_days",
            N_("Mandatory courses of new people are due after"),
            N_("A course may say otherwise."),
            30, 1, 365, N_("days"),
        ),
        Setting(
            "evidence_pack_days",
            N_("Keep evidence packs for"),
            N_("Then the file goes; that it was made, asked for and taken stays on record. It can be made again."),
            30, 1, 365, N_("days"),
        ),
        Setting(
            "report_days",
            N_("Keep files of reports for"),
            N_("Those made in the background and those sent regularly. They can be made again, as things stand then."),
            30, 1, 365, N_("days"),
        ),
        Setting(
            "report_attached_mb",
            N_("Attach reports sent regularly up to"),
            N_("0: letters hold a link alone, and whoever opens it signs in. What is attached leaves the house."),
            0, 0, 10, N_("MB"),
        ),
        Setting(
            "review_names",
            N_("Show the first name with a review"),
            N_("Otherwise colleagues read reviews without a name; moderators always see who wrote one."),
            True,
        ),
        Setting(
            "override_second_person",
            N_("Two people for completion by hand"),
            N_("Whoever sets a completion or exemption by hand asks; another moderator approves or declines."),
            False,
        ),
        Setting(
            "waiver_second_person",
            N_("Two people for a waiver of compliance"),
            N_("Whoever waives what somebody has to hold asks; another person of HR approves or declines."),
            False,
        ),
        Setting(
            "pause_mandatory_oneself",
            N_("People may pause mandatory courses themselves"),
            N_("Otherwise their manager or a moderator does it for them; other courses anybody may pause."),
            False,
        ),
        Setting(
            "pause_extends_deadlines",
            N_("A pause moves due dates"),
            N_("By as many days as it lasts. Otherwise due dates stay, and training may become overdue in a pause."),
            True,
        ),
        Setting(
            "pause_longest_days",
            N_("A pause lasts no longer than"),
            N_("Somebody away for longer is paused again."),
            366, 1, 1095, N_("days"),
        ),
        Setting(
            "quiet_from_hour",
            N_("Quiet hours begin at"),
            N_("By the clock where each person is. In them nothing comes by SMS, Slack or other services; it waits."),
            20, 0, 23, N_("o'clock"),
        ),
        Setting(
            "quiet_until_hour",
            N_("Quiet hours end at"),
            N_("The same hour as they begin: there are none. E-mail and notices in the product come at any hour."),
            8, 0, 23, N_("o'clock"),
        ),
        Setting(
            "sms_working_days",
            N_("SMS on working days only"),
            N_("Not on Saturdays, Sundays and holidays; what falls on them comes on the next working day."),
            True,
        ),
        Setting(
            "cap_email_day",
            N_("Reminders by e-mail to one person in a day"),
            N_("At most. Further ones wait for the next day with room; mandatory ones go out all the same."),
            3, 1, 50,
        ),
        Setting(
            "cap_email_week",
            N_("Reminders by e-mail to one person in a week"),
            N_("At most on any seven days in a row. Invitations and other letters that remind of nothing never count."),
            10, 1, 200,
        ),
        Setting(
            "cap_sms_day",
            N_("Reminders by SMS to one person in a day"),
            N_("At most, and only to people who agreed to be texted."),
            1, 1, 50,
        ),
        Setting(
            "cap_sms_week",
            N_("Reminders by SMS to one person in a week"),
            N_("At most on any seven days in a row."),
            3, 1, 200,
        ),
        Setting(
            "cap_slack_day",
            N_("Reminders by Slack to one person in a day"),
            N_("At most; for other services too."),
            3, 1, 50,
        ),
        Setting(
            "cap_slack_week",
            N_("Reminders by Slack to one person in a week"),
            N_("At most on any seven days in a row; for other services too."),
            10, 1, 200,
        ),
        Setting(
            "digest_hour",
            N_("Send the letter of the day at"),
            N_("Late and stalled training in one letter a manager, and reminders of those who want one letter a day."),
            7, 0, 23, N_("o'clock"),
        ),
        Setting(
            "digest_working_days",
            N_("Managers get theirs on working days only"),
            N_("What falls on a day off waits for the next working day. By the clock where the manager is."),
            True,
        ),
        Setting(
            "ledger_to_auditors",
            N_("Send auditors the checkpoint of the completion ledger"),
            N_("Once a day, when something was added: a copy that nobody here can change."),
            False,
        ),
        Setting(
            "open_unscanned",
            N_("Open documents the virus scanner has not looked into yet"),
            N_("Off: until it has, a document opens only for whoever filed it. Without a scanner nothing waits."),
            False,
        ),
        Setting(
            "disposal_second_person",
            N_("A second person approves what is disposed of or erased"),
            N_("Whoever reviewed a list cannot approve it."),
            True,
        ),
        Setting(
            "retrieval_sample",
            N_("Records opened in the yearly retrieval test"),
            N_("At random, of every kind and year."),
            60, 5, 2000,
        ),
        Setting(
            "link_sign_in",
            N_("Single-use links in reminders"),
            N_("Whoever has the message can take that one training in the name of whom it was sent to."),
            False, page="links",
        ),
        Setting(
            "link_hours",
            N_("A link works for"),
            N_("Then a new one has to be sent."),
            72, 1, 168, N_("hours"), "links",
        ),
        Setting(
            "link_audience",
            N_("Who gets such links"),
            N_("The number of an audience; 0: everybody who has not chosen a password."),
            0, 0, 2**31 - 1, "", "links",
        ),
    )
}  # fmt: skip

# How they are grouped for reading: the heading, and the first setting under it; each group lasts until the next.
GROUPS: dict[str, str] = {
    "session_idle_minutes": N_("Signing in"),
    "leaver_guard_percent": N_("Rosters"),
    "onboard_joiners": N_("Onboarding"),
    "review_names": N_("Learning"),
    "quiet_from_hour": N_("Messages: quiet hours"),
    "cap_email_day": N_("Messages: how many"),
    "digest_hour": N_("Messages: one letter a day"),
    "disposal_second_person": N_("Keeping records"),
}


def on_page(page: str) -> list[Setting]:
    """The settings that are changed there; '' is the page of settings."""
    return [one for one in SETTINGS.values() if one.page == page]


def checked(name: str, value: object) -> Value:
    """The value, if the setting of that name may have it. Raises RuleBroken (field: the name), LookupError."""
    setting = SETTINGS[name]
    if setting.is_switch:
        return bool(value)
    if not isinstance(value, int) or isinstance(value, bool) or not setting.least <= value <= setting.most:
        raise RuleBroken(
            N_("Give a number from %(least)s to %(most)s."), field=name, least=setting.least, most=setting.most
        )
    return value

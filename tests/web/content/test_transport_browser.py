"""SCO-3: the player's transport alone, in a browser: nothing is lost, whatever the network does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

SCRIPTS = Path(__file__).resolve().parents[3] / "static" / "content"
BENCH = """
window.bench = (answers, more) => {
  const bench = { sent: [], beacons: [], waits: [], states: [], asides: [], refusals: [], answers, online: true, room: 65536 };
  const ok = (body) => ({ status: 200, json: { ok: true, seq: body.seq } });
  bench.transport = lmsPlayer.makeTransport({
    urls: { commits: '/commits' }, sitting: 3, seconds: () => 7, online: () => bench.online,
    later: (what, ms) => { bench.waits.push(ms); return setTimeout(what, 5); },
    fetch: async (_url, options) => {
      const body = JSON.parse(options.body);
      bench.sent.push({ ...body, keepalive: options.keepalive });
      const answer = (bench.answers.shift() || ok)(body);
      if (answer === 'never') return new Promise(() => {});
      await new Promise((done) => setTimeout(done, answer.ms || 1));
      if (!answer.status) throw new TypeError('not reached');
      return { status: answer.status, ok: answer.status < 300, json: async () => answer.json };
    },
    beacon: (_url, text) => {
      const size = new TextEncoder().encode(text).length;
      if (size > bench.room) return false;
      bench.room -= size;
      bench.beacons.push(JSON.parse(text));
      return true;
    },
    onState: (state) => bench.states.push(state), onAnswer: () => {},
    onRefused: (status, words) => bench.refusals.push([status, words]),
    onSetAside: (name) => bench.asides.push(name), ...more,
  });
  return bench;
};
window.pause = (ms) => new Promise((done) => setTimeout(done, ms));
window.lost = () => ({ status: 0 });
window.says = (status, words) => () => ({ status, json: { ok: false, words } });
"""


@pytest.fixture(scope="module")
def bench(browser: Browser) -> Iterator[Page]:
    """A page with the transport and a network that does as it is told."""
    page = browser.new_page()
    page.add_script_tag(path=SCRIPTS / "transport.js")
    page.add_script_tag(path=SCRIPTS / "sequence.js")
    page.add_script_tag(content=BENCH)
    yield page
    page.close()


def run(page: Page, script: str) -> Any:
    return page.evaluate(f"async () => {{ {script} }}")


def test_status_goes_at_once_with_what_was_said_beside_it(bench: Page) -> None:
    """SCO-3: a change of status is on its way before the next task, with the score set in the same breath; a place waits
    for more of its kind, under a second; a value that changes while it travels is sent again, one that does not is not."""
    found = run(
        bench,
        """const b = bench([(body) => ({ status: 200, ms: 30, json: { ok: true, seq: body.seq } })]);
        const t = b.transport;
        t.set('cmi.core.score.raw', 80); t.set('cmi.core.lesson_status', 'passed');
        await pause(0);
        const first = b.sent.length;
        t.set('cmi.core.score.raw', 90);
        await t.settled(2000);
        const second = b.sent.length;
        t.set('cmi.core.lesson_location', 'p4'); await pause(50); t.set('cmi.core.lesson_location', 'p5');
        const calm = b.sent.length; const state = t.state();
        await pause(900);
        return { first, second, calm, state, sent: b.sent, states: b.states, end: t.state() };""",
    )
    assert found["first"] == 1 and found["sent"][0]["set"] == {
        "cmi.core.lesson_status": "passed",
        "cmi.core.score.raw": "80",
    }
    assert found["second"] == 2 and found["sent"][1]["set"] == {"cmi.core.score.raw": "90"}
    assert found["calm"] == 2 and found["state"] == "saving"
    assert found["sent"][2]["set"] == {"cmi.core.lesson_location": "p5"} and len(found["sent"]) == 3
    assert [(one["sitting"], one["seq"], one["session_seconds"]) for one in found["sent"]] == [
        (3, 1, 7),
        (3, 2, 7),
        (3, 3, 7),
    ]
    assert found["end"] == "saved" and "unsaved" not in found["states"]


def test_a_network_that_fails_is_tried_again_and_the_content_told_the_truth(bench: Page) -> None:
    """SCO-3: lost requests, 5xx and a lost answer: everything owed is sent again with the next number, further and
    further apart; Commit says false meanwhile, and true once all arrived. Finish is owed like a value."""
    found = run(
        bench,
        """const b = bench([lost, says(503, ''), () => ({ status: 200, json: null })]);
        const t = b.transport;
        const before = t.commit('commit');
        t.set('cmi.core.lesson_status', 'completed'); t.set('cmi.suspend_data', 'here');
        await pause(3);
        const during = t.commit('commit'); const state = t.state();
        t.commit('finish');
        const arrived = await t.settled(3000);
        b.online = false; t.set('cmi.core.lesson_location', '9');
        const offline = t.commit('commit'); b.online = true; await t.settled(1000);
        return { before, during, state, arrived, offline, after: t.commit('commit'), sent: b.sent, waits: b.waits, end: t.state() };""",
    )
    assert found["before"] is True and found["during"] is False and found["state"] == "unsaved"
    assert found["arrived"] is True and found["after"] is True and found["offline"] is False and found["end"] == "saved"
    tries = found["sent"][:4]
    assert all(one["set"] == {"cmi.core.lesson_status": "completed", "cmi.suspend_data": "here"} for one in tries)
    assert [one["seq"] for one in tries] == [1, 2, 3, 4] and tries[-1]["how"] == "finish"
    assert found["waits"][:3] == sorted(found["waits"][:3]) and found["waits"][0] >= 1000


def test_a_page_that_goes_away_says_the_status_first(bench: Page) -> None:
    """SCO-3: by beacon, within what browsers allow, status before place before suspend data; what the browser refuses
    is cut to status and place; what content says after that goes at once, by beacon too."""
    found = run(
        bench,
        """const b = bench([() => 'never', () => 'never']);
        const t = b.transport;
        t.set('cmi.suspend_data', 'é'.repeat(40000)); t.set('cmi.interactions.0.id', 'q1');
        t.set('cmi.core.lesson_location', '14'); t.set('cmi.core.lesson_status', 'completed');
        await pause(1);
        const all = t.leave();
        t.away(true); t.set('cmi.core.exit', 'suspend'); const told = t.commit('finish');
        const small = bench([() => 'never']);
        small.room = 400; small.transport.set('cmi.comments', 'x'.repeat(2000)); small.transport.set('cmi.core.lesson_status', 'passed');
        await pause(1);
        return { all, told, beacons: b.beacons, keepalive: b.sent[0].keepalive, cut: small.transport.leave(), small: small.beacons };""",
    )
    first, last = found["beacons"][0], found["beacons"][-1]
    assert list(first["set"]) == ["cmi.core.lesson_status", "cmi.core.lesson_location", "cmi.interactions.0.id"]
    assert first["how"] == "beacon" and found["all"] is False and found["keepalive"] is False
    assert last["how"] == "finish" and last["set"]["cmi.core.exit"] == "suspend" and last["seq"] > first["seq"]
    assert found["cut"] is False and found["small"][0]["set"] == {"cmi.core.lesson_status": "passed"}


def test_what_the_server_will_not_have_holds_nothing_up(bench: Page) -> None:
    """SCO-3: a closed launch ends the trying and says why; a letter that is too large loses its largest value, said
    aloud, and the rest arrives."""
    found = run(
        bench,
        """const shut = bench([says(404, 'Closed.')]);
        shut.transport.set('cmi.core.lesson_status', 'passed'); await pause(20);
        const settled = await shut.transport.settled(500);
        shut.transport.set('cmi.core.lesson_status', 'failed'); const told = shut.transport.commit('commit'); await pause(20);
        const b = bench([says(413, 'Too large.')]);
        b.transport.set('cmi.suspend_data', 'x'.repeat(5000)); b.transport.set('cmi.core.lesson_status', 'passed');
        const arrived = await b.transport.settled(2000);
        return { settled, told, tries: shut.sent.length, refusals: shut.refusals, state: shut.transport.state(), arrived,
                 asides: b.asides, sent: b.sent.map((one) => Object.keys(one.set)) };""",
    )
    assert found["refusals"] == [[404, "Closed."]] and found["tries"] == 1 and found["state"] == "refused"
    assert found["settled"] is False and found["told"] is False
    assert found["arrived"] is True and found["asides"] == ["cmi.suspend_data"]
    assert found["sent"] == [["cmi.core.lesson_status", "cmi.suspend_data"], ["cmi.core.lesson_status"]]


def test_prerequisites_are_read_as_the_book_says(bench: Page) -> None:
    """SCO-2: AICC scripts of SCORM 1.2: and, or, not, counted sets, statuses; a name that leads nowhere locks nothing."""
    found = bench.evaluate(
        """() => {
        const items = [['a', 'completed', 'unknown'], ['b', 'completed', 'passed'], ['c', 'unknown', 'unknown']].map(
          ([id, completion, success]) => ({ id, title: id.toUpperCase(), kind: 'sco', completion, success }));
        return ['a&b', 'a & c', 'c|b', '~c', '~(a&b)', '2*{a,b,c}', '3*{a,b,c}', 'b="passed"', 'a="passed"', 'c<>"failed"',
                'nobody', '', 'a="c"'].map((script) => { const said = lmsPlayer.prerequisites(script, items); return [said.met, said.missing.join()]; });
        }"""
    )
    met = [True, False, True, True, False, True, False, True, False, True, True, True, True]
    assert [one[0] for one in found] == met
    assert found[1][1] == "C" and found[6][1] == "C" and found[8][1] == "A"


def test_the_state_of_a_sequence_is_kept_as_its_difference(bench: Page) -> None:
    """SCO-2: what is kept of the engine's state, laid over a fresh one, is the state again: values, lists that grew or
    shrank, keys that came and went, null and empty things."""
    found = bench.evaluate(
        """() => {
        const states = [{}, { a: 1, b: [1, 2, { c: null }], d: { e: '', f: [] } }, { a: null, b: [1, 2, { c: 3 }], d: {} },
          { b: [1, { c: null }], d: { e: '', f: [1], g: { h: false } } }, { a: [], d: null }];
        const wrong = [];
        for (const from of states) for (const to of states) {
          const change = lmsPlayer.difference(from, to);
          const kept = change === undefined ? undefined : JSON.parse(JSON.stringify(change));
          const again = lmsPlayer.patched(from, kept);
          const sorted = (one) => JSON.stringify(one, (_k, v) => v && typeof v === 'object' && !Array.isArray(v)
            ? Object.fromEntries(Object.entries(v).sort()) : v);
          if (sorted(again) !== sorted(to)) wrong.push([from, to, change]);
        }
        return wrong;
        }"""
    )
    assert found == []


def test_done_and_otherwise_before_it_arrived_is_said_both(bench: Page) -> None:
    """SCO-3: 'completed' is committed while an earlier letter travels, then 'failed': both go, one after the other. What
    was never committed, or heard already, goes once; and a page that goes away says both by beacon."""
    found = run(
        bench,
        """const slow = (body) => ({ status: 200, ms: 30, json: { ok: true, seq: body.seq } });
        const status = 'cmi.core.lesson_status';
        const say = (t) => { t.set(status, 'completed'); t.commit('commit'); t.set('cmi.core.score.raw', 20); t.set(status, 'failed'); };
        const sent = (b) => b.sent.map((one) => one.set[status]).filter(Boolean);
        const busy = bench([slow]);
        busy.transport.set('cmi.core.lesson_location', '2'); busy.transport.commit('commit');
        say(busy.transport); busy.transport.commit('finish');
        const all = await busy.transport.settled(2000);
        const cut = bench([lost]); // the letter with 'completed' never arrives
        say(cut.transport);
        await cut.transport.settled(2000);
        const heard = bench([]);
        heard.transport.set(status, 'completed'); await heard.transport.settled(500);
        heard.transport.set(status, 'failed'); await heard.transport.settled(500);
        const changed = bench([]); // in one breath, without Commit
        changed.transport.set(status, 'completed'); changed.transport.set(status, 'failed'); await changed.transport.settled(500);
        const gone = bench([() => 'never']);
        gone.transport.set('cmi.core.lesson_location', '2'); gone.transport.commit('commit');
        say(gone.transport); gone.transport.away(true); gone.transport.leave(true);
        return { all, how: busy.sent.map((one) => one.how), seqs: busy.sent.map((one) => one.seq), busy: sent(busy), cut: sent(cut),
                 heard: sent(heard), changed: sent(changed), gone: gone.beacons.map((one) => one.set[status]) };""",
    )
    assert found["busy"] == ["completed", "failed"] and found["all"] is True
    assert found["how"][-1] == "finish" and found["seqs"] == [1, 2, 3]
    assert found["cut"] == ["completed", "completed", "failed"]
    assert found["heard"] == ["completed", "failed"]
    assert found["changed"] == ["failed"]
    assert found["gone"] == ["completed", "failed"]

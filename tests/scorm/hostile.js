/* What a hostile package tries, one function each: true when it got what it wanted. Run by tests/scorm/caged.py, in the
   frame of the content, where each has to fail, and in a page of the application, where each has to succeed: a proof
   that cannot fail proves nothing. `aims` says what there is to gain. */
"use strict";

window.attacks = (() => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const form = (aims, words) => new URLSearchParams({ csrf_token: aims.csrf, text: words, revision: "9" });
  const above = () => [top, parent, parent.parent].filter(Boolean);
  const any = (list, look) => list.some((one) => { try { return look(one); } catch { return false; } });

  const element = (name, properties) => new Promise((done) => {
    const made = Object.assign(document.createElement(name), properties);
    made.onload = made.onloadedmetadata = () => done(true);
    made.onerror = () => done(false);
    document.body.append(made);
    setTimeout(() => done(false), 1200);
  });

  const sentForm = (aims, target, words, enctype) => {
    const made = document.createElement("form");
    Object.assign(made, { action: aims.note, method: "post", target, enctype: enctype || "application/x-www-form-urlencoded" });
    for (const [name, value] of form(aims, words)) {
      made.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(made);
    made.submit();
    return wait(500).then(() => false);
  };

  const frameNamed = (name) => {
    const made = Object.assign(document.createElement("iframe"), { name });
    made.hidden = true;
    document.body.append(made);
  };

  const asked = (promise) => promise.then(() => true, () => false);
  const commit = (token, said) => fetch(`/c/${token}/commits`, { method: "POST", body: JSON.stringify(said) });
  const finished = { sitting: 1, seq: 1, how: "commit", session_seconds: 1,
    set: { "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "100", "cmi.completion_status": "completed" } };

  return {
    // Reading what is the learner's.
    "read the cookies": (aims) => document.cookie.includes(aims.marker),
    "read the cookies by the cookie store": async (aims) =>
      JSON.stringify(await cookieStore.getAll()).includes(aims.marker),
    "read the page above": (aims) => any(above(), (one) => one.document.documentElement.outerHTML.includes(aims.name)
      && one.origin === aims.lms),
    "read a variable above": (aims) => any(above(), (one) => one.secretOfOurs === aims.marker),
    "read the address above": (aims) => any(above(), (one) => one.location.href.startsWith(aims.lms)),
    "read the storage above": (aims) => any(above(), (one) => one.localStorage.getItem("ours") === aims.marker),
    "read the storage": (aims) => localStorage.getItem("ours") === aims.marker,
    "read the databases": async () => (await indexedDB.databases()).some((one) => one.name === "ours"),
    "walk over all frames": (aims) => any([...Array(top.length).keys()], (at) => top[at].secretOfOurs === aims.marker)
      || any([window.opener, top.opener], (one) => one.secretOfOurs === aims.marker)
      || top.secretOfOurs === aims.marker,
    "fetch a page with the session": async (aims) =>
      (await (await fetch(aims.page, { credentials: "include" })).text()).includes(aims.name),
    "ask for a page by XMLHttpRequest": (aims) => new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("GET", aims.page);
      request.withCredentials = true;
      request.onload = () => done(request.responseText.includes(aims.name));
      request.onerror = () => done(false);
      request.send();
    }),
    "fetch from a worker": (aims) => new Promise((done) => {
      const code = `fetch(${JSON.stringify(aims.page)}, { credentials: "include" }).then((a) => a.text())
        .then((text) => postMessage(text.includes(${JSON.stringify(aims.name)})), () => postMessage(false))`;
      const worker = new Worker(aims.worker || URL.createObjectURL(new Blob([code])));
      worker.onmessage = (event) => done(event.data);
      worker.onerror = () => done(false);
      worker.postMessage({ page: aims.page, name: aims.name });
    }),
    "show a picture of ours": (aims) => element("img", { src: aims.picture }),
    "run a script of ours": (aims) => element("script", { src: `${aims.lms}/static/theme.js` }),
    "use a style of ours": (aims) => element("link", { rel: "stylesheet", href: `${aims.lms}/static/work.css` }),
    "open an event stream": (aims) => new Promise((done) => {
      const stream = new EventSource(aims.page, { withCredentials: true });
      stream.onopen = () => done(true);
      stream.onerror = () => { stream.close(); done(false); };
    }),
    "open a web socket": (aims) => new Promise((done) => {
      const socket = new WebSocket(aims.lms.replace("http", "ws") + "/learn");
      socket.onopen = () => done(true);
      socket.onerror = () => done(false);
    }),
    "show a page of ours in a frame": async (aims) => {
      const made = Object.assign(document.createElement("iframe"), { src: aims.page, name: "stolen" });
      document.body.append(made);
      await wait(700);
      return made.contentDocument?.body.innerText.includes(aims.name) || false;
    },
    "read a page of ours in a window": async (aims) => {
      const opened = open(aims.page, "reading");
      await wait(900);
      try { return opened.document.body.innerText.includes(aims.name); } finally { opened?.close(); }
    },
    "prefetch a page of ours": async (aims) => {
      document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: aims.page }));
      return wait(300).then(() => false);
    },

    // Acting as the learner, with the token of a form that was stolen somewhere.
    "post by fetch": (aims) => fetch(aims.note, { method: "POST", credentials: "include", body: form(aims, "fetch") })
      .then(() => false),
    "post by fetch without asking": (aims) =>
      fetch(aims.note, { method: "POST", mode: "no-cors", credentials: "include", body: form(aims, "no-cors") })
        .then(() => false),
    "post with the token as a header": (aims) => fetch(aims.note, { method: "POST", credentials: "include",
      headers: { "X-CSRFToken": aims.csrf }, body: form(aims, "header") }).then(() => false),
    "post by XMLHttpRequest": (aims) => new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", aims.note);
      request.withCredentials = true;
      request.onloadend = () => done(false);
      request.send(form(aims, "xhr"));
    }),
    "post by beacon": (aims) => { navigator.sendBeacon(aims.note, form(aims, "beacon")); return wait(400).then(() => false); },
    "post when leaving": (aims) => { fetch(aims.note, { method: "POST", keepalive: true, mode: "no-cors",
      credentials: "include", body: form(aims, "keepalive") }).catch(() => 0); return wait(400).then(() => false); },
    "post a form into a hidden frame": (aims) => { frameNamed("into"); return sentForm(aims, "into", "form"); },
    "post a form of several parts": (aims) => { frameNamed("parts"); return sentForm(aims, "parts", "parts", "multipart/form-data"); },
    "post a form into a window": (aims) => sentForm(aims, "window", "window"),

    // Getting out.
    "navigate the top": (aims) => { top.location = aims.elsewhere; return wait(400).then(() => false); },
    "replace the top": (aims) => { top.location.replace(aims.elsewhere); return wait(400).then(() => false); },
    "open at the top": (aims) => { open(aims.elsewhere, "_top"); return wait(400).then(() => false); },
    "press a link at the top": (aims) => {
      const made = Object.assign(document.createElement("a"), { href: aims.elsewhere, target: "_top" });
      document.body.append(made);
      made.click();
      return wait(400).then(() => false);
    },
    "navigate the top from a window": async (aims) => {
      const opened = open(`popup.html?to=${encodeURIComponent(aims.elsewhere)}`, "popup");
      await wait(800);
      opened?.close();
      return false;
    },
    "go back in the history": () => { top.history.go(-1); history.go(-3); return wait(600).then(() => false); },
    "close the page above": () => { top.close(); parent.close(); return wait(300).then(() => false); },
    "write into the page above": (aims) => {
      const done = any(above(), (one) => { if (one.origin !== aims.lms) return false; one.document.body.append("taken"); return true; });
      return done;
    },
    "write a variable above": (aims) => any(above(), (one) => {
      if (one.location.origin !== aims.lms) return false;
      one.takenBy = "content";
      return one.takenBy === "content";
    }),
    "take its own sandbox away": () => { frameElement.removeAttribute("sandbox"); parent.frameElement.removeAttribute("sandbox");
      return true; },
    "register a service worker": (aims) => asked(navigator.serviceWorker.register(aims.serviceWorker || "sw.js")),
    "register one for the whole host": (aims) => asked(navigator.serviceWorker.register(aims.serviceWorker || "sw.js", { scope: "/" })),

    // Cookies that would be sent to us.
    "set a cookie of ours": async () => {
      const labels = location.hostname.split(".");
      for (let at = 0; at < labels.length; at += 1) {
        const domain = labels.slice(at).join(".");
        for (const name of ["session", "remember", "__Host-session", "__Host-remember"]) {
          for (const more of ["", "; secure", `; domain=${domain}`, `; domain=${domain}; secure`]) {
            document.cookie = `${name}=taken; path=/${more}`;
          }
        }
      }
      return false;
    },

    // The machine.
    "ask for the camera": () => asked(navigator.mediaDevices.getUserMedia({ video: true })),
    "ask for the microphone": () => asked(navigator.mediaDevices.getUserMedia({ audio: true })),
    "ask for the screen": () => asked(navigator.mediaDevices.getDisplayMedia()),
    "ask where the learner is": () => new Promise((done) =>
      navigator.geolocation.getCurrentPosition(() => done(true), () => done(false))),
    "read the clipboard": () => asked(navigator.clipboard.readText()),
    "notify": async () => (await Notification.requestPermission()) === "granted",

    // Elsewhere.
    "send what it knows elsewhere": async (aims) => {
      await Promise.race([asked(fetch(`${aims.canary}/fetch`, { mode: "no-cors" })), wait(500)]);
      navigator.sendBeacon(`${aims.canary}/beacon`, "x");
      new Image().src = `${aims.canary}/image`;
      return wait(400).then(() => false);
    },

    // What is reported, and for whom.
    "report by a guessed token": async (aims) =>
      (await Promise.all(aims.guesses.map((token) => commit(token, finished)))).some((answer) => answer.ok),
    "report by an old token": async (aims) => (await commit(aims.expired, finished)).ok,
    "report by a revoked token": async (aims) => (await commit(aims.revoked, finished)).ok,
    "report for others by naming them": async (aims) => {
      for (const named of aims.others) {
        await commit(aims.own, { ...finished, seq: 100000 + named.attempt_id, set: {}, ...named }).catch(() => 0);
        await fetch(`/c/${aims.own}/commits?${new URLSearchParams(named)}`, { method: "POST",
          body: JSON.stringify({ ...finished, set: {}, seq: 200000 + named.attempt_id, ...named }) }).catch(() => 0);
      }
      return false;
    },
    "report for another part": async (aims) => {
      for (const item of ["other", "../item", "", null, 7]) {
        await fetch(`/c/${aims.own}/items`, { method: "POST", body: JSON.stringify({ item }) }).catch(() => 0);
      }
      return false;
    },
    "report too much": async (aims) => {
      const answer = await commit(aims.own, { ...finished, set: { "cmi.suspend_data": "x".repeat(9e6) } });
      return answer.ok;
    },
    "take files of another package": async (aims) => {
      for (const path of aims.paths) {
        const answer = await fetch(path).catch(() => null);
        if (answer && (await answer.text()).includes(aims.treasure)) return true;
      }
      return false;
    },
    "call the application on its own host": async () => {
      for (const path of ["/account", "/learn", "/sign-in", "/healthz", "/static/app.js", "/mailbox"]) {
        if ((await fetch(path)).ok) return true;
      }
      return false;
    },
    "forge messages to the page above": async (aims) => {
      const html = `<img src=x onerror="window.takenBy='message'">`;
      for (const said of ["ready", "saved", "unsaved", "done", "item", "nonsense", html, { toString: () => html }.toString(), null]) {
        for (const shape of [{ lms: "player", said }, { lms: "player", said, words: html, title: html, href: aims.elsewhere,
          url: "javascript:window.takenBy='url'", item: html, to: aims.elsewhere }, said, [said], JSON.stringify({ lms: "player", said })]) {
          top.postMessage(shape, "*");
        }
      }
      return wait(300).then(() => false);
    },
  };
})();

window.tryOne = (name, aims) => Promise.race([
  (async () => { try { return Boolean(await window.attacks[name](aims)); } catch (error) { return `${error}`.slice(0, 120); } })(),
  new Promise((done) => setTimeout(() => done("no answer"), 2500)),
]);

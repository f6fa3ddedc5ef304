/* What could not be sent yet, kept in this browser until the next visit. Other packages share this storage, so it lies
   there encrypted with a key made from the launch's own address, under a name that does not tell it. Where storage or
   encryption is not to be had, there is none. */
(function () {
  "use strict";
  const space = (window.lmsPlayer = window.lmsPlayer || {});
  const DAYS = 14 * 86400 * 1000;
  const PREFIX = "unsent:";
  const text = new TextEncoder();
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const packed = (array) => btoa(Array.from(array, (byte) => String.fromCharCode(byte)).join(""));
  const unpacked = (string) => Uint8Array.from(atob(string), (letter) => letter.charCodeAt(0));

  async function makeKeep(secret) {
    let store;
    try {
      store = window.localStorage;
      store.getItem(PREFIX);
    } catch { return null; } // third-party storage is blocked: memory has to do
    if (!window.crypto || !crypto.subtle) return null;
    const digest = (what) => crypto.subtle.digest("SHA-256", text.encode(what + secret));
    const name = PREFIX + hex(await digest("name ")).slice(0, 32);
    const key = await crypto.subtle.importKey("raw", await digest("key "), "AES-GCM", false, ["encrypt", "decrypt"]);
    sweep(store);
    let turn = 0;
    return {
      async save(what) {
        const mine = ++turn;
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(what)));
        if (mine !== turn) return; // something newer is on its way, or all was acknowledged meanwhile
        try {
          store.setItem(name, JSON.stringify({ at: Date.now(), iv: packed(iv), data: packed(new Uint8Array(data)) }));
        } catch { /* full: memory has to do */ }
      },
      clear() {
        turn += 1;
        store.removeItem(name);
      },
      async load() {
        try {
          const found = JSON.parse(store.getItem(name));
          const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpacked(found.iv) }, key, unpacked(found.data));
          return JSON.parse(new TextDecoder().decode(data));
        } catch { return null; } // none, or somebody else wrote there
      },
    };
  }
  function sweep(store) {
    for (const name of Object.keys(store)) {
      if (!name.startsWith(PREFIX)) continue;
      try {
        if (Date.now() - JSON.parse(store.getItem(name)).at < DAYS) continue;
      } catch { /* not ours to read: away with it */ }
      store.removeItem(name);
    }
  }
  space.makeKeep = makeKeep;
})();

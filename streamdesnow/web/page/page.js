// Live pictures come in one answer that never ends (see streamdesnow/web/live.py), figures once a second.

import { forgetRecordings, showRecordings } from "./recordings.js";

const SILENT_MS = 12000; // the server says something at least every 5 s
const AGAIN_MS = 1500;

const $ = (selector, within = document) => within.querySelector(selector);
const cards = new Map();
const view = {
  show: new URLSearchParams(location.hash.slice(1)).get("show") || "clean",
  camera: new URLSearchParams(location.hash.slice(1)).get("camera"),
  boxes: true,
};

// --- pictures

let stream = null;

function watch() {
  stream?.abort();
  stream = null;
  if (document.hidden || !cards.size) return; // nobody looks: nothing is encoded
  const mine = (stream = new AbortController());
  follow(mine).catch(() => {}).finally(() => {
    if (stream === mine) setTimeout(() => stream === mine && watch(), AGAIN_MS);
  });
}

async function follow(mine) {
  const asked = new URLSearchParams({ show: view.show, boxes: view.boxes ? 1 : 0, width: neededWidth() });
  const names = view.camera ? [view.camera] : [...cards.keys()];
  names.forEach((name) => asked.append("camera", name));
  let alive = performance.now();
  const guard = setInterval(() => performance.now() - alive > SILENT_MS && mine.abort(), 1000);
  try {
    const answer = await fetch(`live?${asked}`, { signal: mine.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const reader = answer.body.getReader();
    let held = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive = performance.now();
      held = joined(held, value);
      for (let part; (part = takePart(held)); held = part.rest) {
        if (part.jpeg.length) paint(part.header, part.jpeg);
      }
    }
  } finally {
    clearInterval(guard);
  }
}

function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function takePart(bytes) {
  if (bytes.length < 4) return null;
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (bytes.length < end) return null;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
  if (bytes.length < end + header.length) return null;
  return { header, jpeg: bytes.slice(end, end + header.length), rest: bytes.subarray(end + header.length) };
}

function paint(header, jpeg) {
  const card = cards.get(header.camera);
  if (!card || card.decoding) return; // the next one is newer
  const image = $("img", card.element);
  const url = URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" }));
  card.decoding = true;
  image.onload = image.onerror = () => {
    URL.revokeObjectURL(url);
    card.decoding = false;
    card.painted = performance.now();
    $(".picture", card.element).classList.add("filled");
  };
  image.src = url;
  image.dataset.number = header.number;
}

function neededWidth() {
  const shown = [...cards.values()].map((card) => $(".picture", card.element).clientWidth);
  return Math.max(160, Math.round(Math.max(...shown) * devicePixelRatio));
}

// --- figures

async function look() {
  try {
    const answer = await fetch("status", { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(answer.statusText);
    tell(await answer.json());
  } catch {
    $("#health").textContent = "no answer";
    $("#health").className = "pill gone";
  }
  setTimeout(look, 1000);
}

let run = null;

function tell(status) {
  if (status.run !== run) forget(); // it has started anew
  run = status.run;
  $("#health").textContent = status.health;
  $("#health").className = `pill ${status.health}`;
  $("#uptime").textContent = status.cameras.length ? `up ${elapsed(status.seconds)}` : "loading networks";
  $("#models").textContent = status.models.map((model) => `${model.name}: ${model.engine}`).join(", ");
  $("#boxes").hidden = !status.detector;
  $("#troubles").replaceChildren(...status.troubles.map((line) => element("li", line)));
  const added = status.cameras.filter((camera) => !cards.has(camera.name)).map(add).length;
  const names = new Set(status.cameras.map((camera) => camera.name));
  const gone = names.size ? [...cards.keys()].filter((name) => !names.has(name)) : [];
  gone.forEach((name) => { cards.get(name).element.remove(); cards.delete(name); });
  status.cameras.forEach((camera) => describe(cards.get(camera.name).element, camera));
  for (const card of cards.values()) {
    card.element.classList.toggle("stale", Boolean(stream) && performance.now() - card.painted > 5000);
  }
  if (added || gone.length) arrange();
}

function add(camera) {
  const card = $("#card").content.firstElementChild.cloneNode(true);
  cards.set(camera.name, { element: card, painted: Infinity, decoding: false });
  $(".name", card).textContent = camera.name;
  $(".still", card).href = `latest.jpg?${new URLSearchParams({ camera: camera.name })}`;
  $("img", card).alt = camera.name;
  $(".picture", card).onclick = () => choose(view.camera ? null : camera.name);
  $(".picture", card).title = "larger, or back to all";
  $("#cameras").append(card);
}

function describe(card, camera) {
  $(".dot", card).className = `dot ${camera.state}`;
  $(".dot", card).title = camera.state;
  const rows = [
    ["state", camera.state === "running" ? null : camera.state],
    ["size", camera.size && camera.size.join("x")],
    ["fps", `${camera.fps_in.toFixed(1)} in, ${camera.fps_out.toFixed(1)} clean`],
    ["latency", camera.written || camera.restored ? `${ms((camera.written || camera.restored).p50)} ms` : null],
    ["snowfall", camera.snowfall === null ? null : `${camera.snowfall.toFixed(1)} %${camera.snowing ? "" : ", untouched"}`],
    ["overload", camera.relief || null],
    ["dropped", camera.dropped || null],
    ["restarts", camera.restarts || null],
    ["in view", camera.detection && camera.detection.tracks],
    ["seen", camera.detection && camera.detection.objects],
    ...camera.sinks.map((sink) => [
      sink.name.split("[")[0],
      sink.failing_for === null && !sink.message ? `${sink.written} frames` : sink.message || sink.state,
      sink.failing_for !== null || Boolean(sink.message),
    ]),
  ];
  $("dl", card).replaceChildren(...rows.filter(([, value]) => value !== null && value !== undefined).map(row));
  const message = $(".message", card);
  message.hidden = !camera.message;
  message.textContent = camera.message;
}

function row([name, value, bad]) {
  const line = document.createElement("div");
  const data = element("dd", String(value));
  data.className = bad ? "bad" : "";
  line.append(element("dt", name), data);
  return line;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

const ms = (seconds) => Math.round(1000 * seconds);

function elapsed(seconds) {
  const days = Math.floor(seconds / 86400);
  const time = new Date(1000 * Math.floor(seconds)).toISOString().slice(11, 19);
  return days ? `${days} d ${time}` : time;
}

// --- what happened

const LINES = 200;
let last = 0;

async function read() {
  try {
    const answer = await fetch(`log?after=${last}`, { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(answer.statusText);
    const entries = await answer.json();
    const list = $("#log ol");
    for (const entry of entries) {
      const line = document.createElement("li");
      const time = element("time", new Date(entry.time).toLocaleString());
      const text = element("span", entry.text);
      text.className = entry.level;
      line.append(time, text);
      list.prepend(line); // the newest on top
      last = entry.number;
    }
    while (list.children.length > LINES) list.lastChild.remove();
  } catch {
    // the page says already that there is no answer
  }
  setTimeout(read, 2000);
}

function forget() {
  last = 0;
  $("#log ol").replaceChildren();
  forgetRecordings();
}

// --- what is looked at

function choose(camera) {
  view.camera = camera;
  arrange();
}

function arrange() {
  if (view.camera && !cards.has(view.camera)) view.camera = null;
  $("#cameras").classList.toggle("one", Boolean(view.camera));
  for (const [name, card] of cards) card.element.classList.toggle("chosen", name === view.camera);
  $("#all").hidden = !view.camera || cards.size < 2;
  const chosen = new URLSearchParams({ show: view.show });
  if (view.camera) chosen.set("camera", view.camera);
  history.replaceState(null, "", `#${chosen}`);
  for (const card of cards.values()) card.painted = Infinity;
  showRecordings(view.camera ?? (cards.size === 1 ? [...cards.keys()][0] : null));
  watch();
}

for (const input of document.querySelectorAll("#show input")) {
  input.checked = input.value === view.show;
  input.onchange = () => {
    view.show = input.value;
    arrange();
  };
}
if (!$("#show input:checked")) {
  view.show = "clean";
  $("#show input").checked = true;
}
$("#boxes input").onchange = (event) => {
  view.boxes = event.target.checked;
  arrange();
};
$("#all").onclick = () => choose(null);
document.addEventListener("keydown", (event) => event.key === "Escape" && choose(null));
document.addEventListener("visibilitychange", watch);
look();
read();

// Recordings of the camera that is looked at: one tile a file, the newest first, and a player.

const TILES = 24;
const MOST = 240; // each holds a picture
const AGAIN_MS = 15000;
const PREVIEW_MS = 8000;

const $ = (selector, within = document) => within.querySelector(selector);
const section = $("#recordings");
const list = $("#recordings ol");
const player = $("#player");

let camera = null;
let tiles = new Map(); // by address
let far = false; // so far back that the newest are no longer shown

export function showRecordings(name) {
  if (name === camera) return;
  camera = name;
  $("#before").value = "";
  section.hidden = true;
  begin();
}

// The pipeline has started anew, perhaps with other outputs.
export function forgetRecordings() {
  if (camera) begin();
}

function begin() {
  tiles = new Map();
  far = false;
  waiting.length = 0;
  list.replaceChildren();
  $("#earlier").hidden = true;
  refresh();
}

// The newest, and what has become of those that are shown.
async function refresh() {
  const [asked, shown] = [camera, tiles];
  if (!asked || far || document.hidden) return;
  const chosen = Date.parse($("#before").value) / 1000;
  const found = await ask({ camera: asked, most: TILES, ...(chosen && { before: chosen }) });
  if (shown !== tiles || !found) return;
  const full = found.length === TILES;
  const first = !tiles.size;
  if (!first && full && !found.some((recording) => tiles.has(address(recording)))) {
    begin(); // more have come than were asked for: what lies between is not shown
    return;
  }
  const there = new Set(found.map(address));
  for (const made of [...tiles.values()]) {
    const gone = !there.has(made.url) && (!full || made.ended > found.at(-1).ended);
    if (gone) remove(made); // it has made room
  }
  for (const recording of found.toReversed()) {
    const made = tiles.get(address(recording));
    if (!made) {
      list.prepend(tile(recording));
      continue;
    }
    const early = made.seen && !made.settled; // it may have had no picture yet
    describe(made, recording);
    if (early && made.settled && !$("canvas.drawn", made.item)) waiting.push(made);
  }
  while (tiles.size > MOST) {
    remove(list.lastElementChild.made);
    $("#earlier").hidden = false;
  }
  drawNext();
  section.hidden = !tiles.size && !chosen;
  if (first) $("#earlier").hidden = !full;
}

function remove(made) {
  watched.unobserve(made.item);
  made.item.remove();
  tiles.delete(made.url);
}

async function earlier() {
  const [asked, shown] = [camera, tiles];
  const last = list.lastElementChild?.made;
  if (!last) return;
  const { output, name } = last;
  const found = await ask({ camera: asked, most: TILES, before: last.ended, output, name });
  if (shown !== tiles || !found) return;
  found.forEach((recording) => tiles.has(address(recording)) || list.append(tile(recording)));
  for (; tiles.size > MOST; far = true) remove(list.firstElementChild.made);
  $("#earlier").hidden = found.length < TILES;
}

async function ask(query) {
  try {
    const answer = await fetch(`recordings?${new URLSearchParams(query)}`, { signal: AbortSignal.timeout(20000) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the page says already that there is no answer
  }
}

function address(recording) {
  const parts = [camera, String(recording.output), ...recording.name.split("/")];
  return `recordings/${parts.map(encodeURIComponent).join("/")}`;
}

function tile(recording) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("canvas"), document.createElement("span"), document.createElement("small"));
  item.append(button);
  const { output, name, ended } = recording;
  const made = { item, url: address(recording), output, name, ended, seen: false, settled: false };
  button.onclick = () => play(made.url, recording.name);
  $("canvas", item).width = 320;
  $("canvas", item).height = 180;
  tiles.set(made.url, made);
  describe(made, recording);
  watched.observe(item);
  item.made = made;
  return item;
}

function describe(made, recording) {
  const ended = new Date(1000 * recording.ended);
  made.ended = recording.ended;
  made.settled ||= !recording.grows;
  $("span", made.item).textContent = recording.name.replace(/\.mp4$/, "");
  const show = !recording.show || recording.show === "clean" ? "" : `, ${recording.show.replaceAll("_", " ")}`;
  const until = recording.grows ? "recording" : `until ${ended.toLocaleTimeString()}`;
  $("small", made.item).textContent = `${until}, ${(recording.size / 1e6).toFixed(1)} MB${show}`;
}

// --- previews: one after the other, since a browser opens six connections and the live pictures need theirs

const waiting = [];
let drawing = false;

const watched = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting || target.made.seen) continue;
    target.made.seen = true;
    waiting.push(target.made);
  }
  drawNext();
});

async function drawNext() {
  if (drawing || !waiting.length) return;
  drawing = true;
  for (let next; (next = waiting.shift()); ) await draw(next).catch(() => {});
  drawing = false;
}

async function draw({ item, url }) {
  const video = document.createElement("video");
  video.muted = true;
  try {
    await new Promise((resolve, reject) => {
      video.onloadedmetadata = () => (video.currentTime = Math.min(1, video.duration / 2 || 0)); // else there is no picture
      video.onseeked = resolve;
      video.onerror = reject;
      setTimeout(reject, PREVIEW_MS);
      video.src = url;
    });
    const canvas = $("canvas", item);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    canvas.classList.add("drawn");
  } finally {
    release(video);
  }
}

function release(video) {
  video.onerror = null; // letting go is none
  video.removeAttribute("src");
  video.load();
}

// --- the player

function play(url, name) {
  const video = $("video", player);
  $(".message", player).hidden = true;
  $("span", player).textContent = name;
  $("a", player).href = url;
  video.onerror = () => ($(".message", player).hidden = false);
  video.src = url;
  player.showModal();
  video.play().catch(() => {}); // what cannot be played is said
}

player.addEventListener("close", () => release($("video", player)));
player.addEventListener("click", (event) => event.target === player && player.close());
player.addEventListener("keydown", (event) => event.stopPropagation()); // Escape closes it, and no more
$("button", player).onclick = () => player.close();
$("#earlier").onclick = earlier;
$("#before").onchange = begin;
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, AGAIN_MS);

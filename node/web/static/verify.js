/* The verifying page with a script: files can be dropped, digests and codes are read here. Without it all works. */
'use strict';

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const LAST = [/./, /[^\s\S]/, /[AQgw]$/, /[AEIMQUYcgkosw048]$/]; // by the length modulo 4: unused bits are zero
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_DEPTH = 64;
const JWS_MEMBERS = ['payload', 'protected', 'header', 'signature', 'signatures'];
const PART_MEMBERS = ['protected', 'header', 'signature'];

class Unsigned extends Error {}
class Delicate extends Error {}

/* --- the digest of a signed document, as the node counts it (protocol section 3) ---------------------------- */

/** The 64 hexadecimal characters of a document's digest. */
async function digestOf(bytes) {
  const hash = await crypto.subtle.digest('SHA-256', signedBytes(bytes));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a document's signature covers, and the signature: the same in every form that it can be handed out in. */
function signedBytes(bytes) {
  if (bytes.length > MOST_BYTES) throw new Delicate('too long');
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unsigned('no text');
  }
  text = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  const compact = text.split('~', 1)[0];
  if (/^[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/.test(compact) && /^[A-Za-z0-9._~-]*$/.test(text)) {
    const [header, payload, signature] = compact.split('.');
    checkParts(header, payload, signature);
    return new TextEncoder().encode(compact);
  }
  if (!text.startsWith('{')) throw new Unsigned('neither a JWS nor JSON');
  return new TextEncoder().encode(signedText(strictJson(text)));
}

function signedText(members) {
  const isJws = 'signature' in members || 'signatures' in members;
  if (isJws && 'proof' in members) throw new Unsigned('two mechanisms');
  if (isJws) return signedParts(members);
  const proofs = Array.isArray(members.proof) ? members.proof : [members.proof];
  if (!proofs.length || !proofs.every(isProof)) throw new Unsigned('no proof');
  return canonical(members);
}

function signedParts(members) {
  if (!Object.keys(members).every((name) => JWS_MEMBERS.includes(name))) throw new Unsigned('surplus');
  let part = members;
  if ('signatures' in members) {
    if (PART_MEMBERS.some((name) => name in members)) throw new Unsigned('two forms');
    if (!Array.isArray(members.signatures) || members.signatures.length !== 1) throw new Unsigned('not one');
    part = members.signatures[0];
    if (!isObject(part) || !Object.keys(part).every((name) => PART_MEMBERS.includes(name))) throw new Unsigned('part');
  }
  const outside = part.header ?? {};
  if (!isObject(outside) || ['alg', 'b64', 'crit'].some((name) => name in outside)) throw new Unsigned('header');
  const { protected: header, signature } = part;
  const { payload } = members;
  if (![header, payload, signature].every((one) => typeof one === 'string')) throw new Unsigned('parts');
  checkParts(header, payload, signature);
  return `${header}.${payload}.${signature}`;
}

function checkParts(header, payload, signature) {
  const said = headerOf(header);
  if (!isObject(said) || typeof said.alg !== 'string' || said.alg.toLowerCase() === 'none') throw new Unsigned('header');
  if (!signature || !payload) throw new Unsigned('detached, or without a signature');
  const encoded = said.b64 ?? true;
  if (typeof encoded !== 'boolean' || ('b64' in said && !(Array.isArray(said.crit) && said.crit.includes('b64')))) throw new Unsigned('b64');
  for (const part of encoded ? [header, payload, signature] : [header, signature]) {
    if (!BASE64URL.test(part) || !LAST[part.length % 4].test(part)) throw new Unsigned('no base64url');
  }
}

function headerOf(header) {
  try {
    const bytes = Uint8Array.from(atob(header.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
    return strictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Unsigned('header');
  }
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isProof(proof) {
  if (!isObject(proof) || typeof proof.type !== 'string') return false;
  const values = ['proofValue', 'jws', 'signatureValue'].filter((name) => name in proof).map((name) => proof[name]);
  return values.length > 0 && values.every((one) => typeof one === 'string' && one !== '');
}

/** JSON of which no two readers see different values; a member that stands twice is one that JSON.parse hides. */
function strictJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unsigned('no JSON');
  }
  const written = (text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/gs) ?? []).filter((one) => one.endsWith(':')).length;
  if (written !== countMembers(value)) throw new Delicate('a member twice');
  return value;
}

function countMembers(value, depth = 1) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Unsigned('no number');
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Delicate('number');
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw new Delicate('half a character');
  if (value === null || typeof value !== 'object') return 0;
  if (depth > MOST_DEPTH) throw new Unsigned('too deep');
  const inner = Object.values(value).reduce((sum, one) => sum + countMembers(one, depth + 1), 0);
  if (Array.isArray(value)) return inner;
  const names = Object.keys(value);
  if (names.some((name) => /\p{Surrogate}/u.test(name))) throw new Delicate('half a character');
  return inner + names.length;
}

/** The canonical form (RFC 8785), whose numbers and strings are those of this language. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
}

/* --- the page ----------------------------------------------------------------------------------------------- */

const byId = (id) => document.getElementById(id);

function say(text) {
  const said = byId('said');
  if (said) said.textContent = text;
}

async function chosenBytes() {
  const files = byId('document').files;
  if (files.length > 1) throw new RangeError('several');
  if (files.length === 1) return new Uint8Array(await files[0].arrayBuffer());
  const text = byId('text').value;
  if (!text.trim()) throw new TypeError('none');
  return new TextEncoder().encode(text);
}

async function goToAnchor() {
  const words = byId('said').dataset;
  try {
    const digest = await digestOf(await chosenBytes());
    const here = new URL(byId('hand-in').action);
    const target = new URL(`anchors/${digest}`, here.origin + here.pathname);
    target.search = here.search;
    window.location.assign(target);
  } catch (error) {
    if (error instanceof RangeError) say(words.several);
    else if (error instanceof TypeError) say(words.none);
    else say(error instanceof Delicate ? words.delicate : words.unsigned);
  }
}

function tellChosen() {
  const names = Array.from(byId('document').files, (file) => file.name);
  say(names.length ? `${byId('said').dataset.chosen} ${names.join(', ')}` : '');
}

function letDrop(box) {
  const over = (event) => {
    event.preventDefault();
    box.classList.add('over');
  };
  box.addEventListener('dragenter', over);
  box.addEventListener('dragover', over);
  box.addEventListener('dragleave', (event) => {
    if (!box.contains(event.relatedTarget)) box.classList.remove('over');
  });
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    box.classList.remove('over');
    const dropped = event.dataTransfer;
    if (dropped.files.length) {
      byId('document').files = dropped.files;
      tellChosen();
    } else {
      byId('text').value = dropped.getData('text/plain');
    }
  });
}

/** A code that this browser can read needs no picture to be sent. */
async function readCode() {
  const picture = byId('picture');
  if (!('BarcodeDetector' in window) || picture.files.length !== 1) return;
  try {
    const image = await createImageBitmap(picture.files[0]);
    const codes = await new window.BarcodeDetector({ formats: ['qr_code'] }).detect(image);
    const known = codes.map((code) => code.rawValue.trim()).filter((one) => /^eyJ|\/anchors\/[0-9a-f]{64}\/?$|^[0-9a-fA-F]{64}$/.test(one));
    if (codes.length !== 1 || known.length !== 1) return;
    byId('text').value = known[0];
    picture.value = '';
    say(byId('said').dataset.code);
  } catch {
    // The picture is sent, and the node reads it.
  }
}

function saveText(button) {
  const text = button.closest('details').querySelector('pre').textContent;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = button.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function begin() {
  for (const one of document.querySelectorAll('.script')) {
    one.hidden = one.id === 'is-anchored' && !globalThis.crypto?.subtle;
  }
  byId('print')?.addEventListener('click', () => window.print());
  for (const button of document.querySelectorAll('button.save')) {
    button.addEventListener('click', () => saveText(button));
  }
  if (!byId('hand-in')) return;
  letDrop(byId('drop'));
  byId('document').addEventListener('change', tellChosen);
  byId('picture').addEventListener('change', readCode);
  byId('is-anchored').addEventListener('click', goToAnchor);
}

begin();

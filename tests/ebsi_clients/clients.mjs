// EBSI's own clients, unmodified, as one process that is asked line by line. Standard input: one JSON object a line,
// {"do": "resolve", …}; standard output: for each, one line {"told": value} or {"refused": {"name", "message"}}.
import { createInterface } from "node:readline";
import { getResolver as ebsiResolver } from "@cef-ebsi/ebsi-did-resolver";
import { getResolver as keyResolver, util as keyDids } from "@cef-ebsi/key-did-resolver";
import { createVerifiableCredentialJwt, verifyCredentialJwt } from "@cef-ebsi/verifiable-credential";
import { createVerifiablePresentationJwt, verifyPresentationJwt } from "@cef-ebsi/verifiable-presentation";
import { Resolver } from "did-resolver";
import { compactVerify, importJWK } from "jose";

const deeds = {
  resolve({ registry, did, options }) {
    return new Resolver({ ...ebsiResolver({ registry }), ...keyResolver() }).resolve(did, options);
  },
  nameKey({ jwk }) {
    return keyDids.createDid(jwk);
  },
  verifyCredential({ jwt, options }) {
    return verifyCredentialJwt(jwt, options);
  },
  createCredential({ payload, issuer, options }) {
    return createVerifiableCredentialJwt(payload, issuer, options);
  },
  verifyPresentation({ jwt, audience, options }) {
    return verifyPresentationJwt(jwt, audience, options);
  },
  async createPresentation({ payload, holder, audience, options, now }) {
    const clock = Date.now;
    Date.now = () => now * 1000; // the ledger of a test keeps a time of its own, and `iat` is of it
    try {
      return await createVerifiablePresentationJwt(payload, holder, audience, options);
    } finally {
      Date.now = clock;
    }
  },
  async verifyJwt({ jwt, jwk, algorithm }) {
    const { payload, protectedHeader } = await compactVerify(jwt, await importJWK(jwk, algorithm));
    return { header: protectedHeader, claims: JSON.parse(new TextDecoder().decode(payload)) };
  },
};

async function answer(asked) {
  try {
    return { told: await deeds[asked.do](asked) };
  } catch (error) {
    return { refused: { name: error.name, message: error.message } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}

// Reads {node, validAt, credentials: [jwt, …]} from standard input and prints, for each credential, what EBSI's own
// verifier says of it: {"verified": true} or {"error": "…"}. Everything it wants to know it asks `node` for.
import { verifyCredentialJwt } from "@cef-ebsi/verifiable-credential";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { node, validAt, credentials } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const { host, hostname } = new URL(node);
const options = {
  ebsiAuthority: host,
  trustedHostnames: [hostname],
  ebsiEnvConfig: {
    didRegistry: `${node}/did-registry/v5/identifiers`,
    trustedIssuersRegistry: `${node}/trusted-issuers-registry/v5/issuers`,
    trustedPoliciesRegistry: `${node}/trusted-policies-registry/v3/users`,
  },
  validAt,
};

const told = [];
for (const credential of credentials) {
  try {
    const verified = await verifyCredentialJwt(credential, options);
    told.push({ verified: true, id: verified.id });
  } catch (error) {
    told.push({ verified: false, error: error.message });
  }
}
process.stdout.write(JSON.stringify(told));

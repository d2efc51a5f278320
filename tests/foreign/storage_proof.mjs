// Reads {stateRoot, address, slot, accountProof, storageProof} from standard input and prints the word that the
// proofs show, checked by @ethereumjs/mpt alone: {"storageRoot": "0x…", "value": "0x…"}. Exit 1: no proof.
import { verifyMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { bytesToHex, hexToBytes, setLengthLeft } from "@ethereumjs/util";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const asked = JSON.parse(Buffer.concat(chunks).toString("utf8"));

async function proven(root, key, nodes) {
  return verifyMerkleProof(hexToBytes(key), nodes.map(hexToBytes), {
    root: hexToBytes(root),
    useKeyHashing: true,
  });
}

const account = RLP.decode(await proven(asked.stateRoot, asked.address, asked.accountProof));
const storageRoot = bytesToHex(account[2]);
const leaf = await proven(storageRoot, asked.slot, asked.storageProof);
const value = leaf === null ? new Uint8Array() : RLP.decode(leaf);
process.stdout.write(JSON.stringify({ storageRoot, value: bytesToHex(setLengthLeft(value, 32)) }));

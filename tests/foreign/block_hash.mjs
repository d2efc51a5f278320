// Reads [{consensus, block}] from standard input, blocks as eth_getBlockByNumber answers, and prints the list of
// their hashes: RLP by @ethereumjs/rlp, Keccak-256 by @noble/hashes, the rules by Besu's own codecs:
// QbftExtraDataCodec and IbftExtraDataCodec, EncodingType.EXCLUDE_COMMIT_SEALS_AND_ROUND_NUMBER.
import { RLP } from "@ethereumjs/rlp";
import { bytesToHex, hexToBytes } from "@ethereumjs/util";
import { keccak_256 } from "@noble/hashes/sha3.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

const data = (block, name) => hexToBytes(block[name]);
const quantity = (block, name) => BigInt(block[name]);

function extraData(consensus, block) {
  const whole = hexToBytes(block.extraData);
  if (consensus === "ethereum" || quantity(block, "number") === 0n) return whole;
  const [vanity, validators, vote] = RLP.decode(whole);
  return RLP.encode(consensus === "qbft" ? [vanity, validators, vote, 0, []] : [vanity, validators, vote]);
}

function hash({ consensus, block }) {
  const header = [
    data(block, "parentHash"), data(block, "sha3Uncles"), data(block, "miner"), data(block, "stateRoot"),
    data(block, "transactionsRoot"), data(block, "receiptsRoot"), data(block, "logsBloom"),
    quantity(block, "difficulty"), quantity(block, "number"), quantity(block, "gasLimit"),
    quantity(block, "gasUsed"), quantity(block, "timestamp"), extraData(consensus, block),
    data(block, "mixHash"), data(block, "nonce"),
  ];
  if (block.baseFeePerGas) header.push(quantity(block, "baseFeePerGas"));
  if (block.withdrawalsRoot) header.push(data(block, "withdrawalsRoot"));
  if (block.blobGasUsed) header.push(quantity(block, "blobGasUsed"));
  if (block.excessBlobGas) header.push(quantity(block, "excessBlobGas"));
  if (block.parentBeaconBlockRoot) header.push(data(block, "parentBeaconBlockRoot"));
  if (block.requestsHash) header.push(data(block, "requestsHash"));
  return bytesToHex(keccak_256(RLP.encode(header)));
}

process.stdout.write(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString("utf8")).map(hash)));

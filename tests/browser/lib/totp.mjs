// RFC 6238, as the app on a mobile telephone does it.
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;
const ROOM_MS = 10_000;

export const stepNow = () => Math.floor(Date.now() / STEP_MS);

/** The code of the step before, which is taken until this one is over: not before there is time to type it. */
export async function lastTotp(secret) {
  const step = stepNow();
  const left = STEP_MS - (Date.now() % STEP_MS);
  // a timer may come a moment before its time, and the code would be one too old
  while (left < ROOM_MS && stepNow() === step) await new Promise((resolve) => setTimeout(resolve, STEP_MS - (Date.now() % STEP_MS)));
  return totp(secret, stepNow() - 1);
}

export function totp(secret, step = stepNow()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

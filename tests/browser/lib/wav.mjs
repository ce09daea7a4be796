// Sound files made here.

/** A mono WAV with whole waves, so that it can go round and round. */
export function toneWav(hertz, rate, seconds) {
  const samples = Int16Array.from({ length: rate * seconds }, (_, n) => Math.round(9000 * Math.sin((2 * Math.PI * hertz * n) / rate)));
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

/** The share of the power that is at one frequency: about 1 for a pure tone, 0 for others (Goertzel). */
export function toneShare(samples, hertz, rate) {
  const k = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let [first, second, power] = [0, 0, 0];
  for (const sample of samples) {
    [first, second] = [sample + k * first - second, first];
    power += sample * sample;
  }
  return power ? (2 * (first * first + second * second - k * first * second)) / (samples.length * power) : 0;
}

/** Samples of a mono WAV file of 16 bits with the shortest head, and their rate. */
export function readWav(bytes) {
  const copy = Uint8Array.from(bytes.subarray(44)); // aligned
  return { samples: new Int16Array(copy.buffer, 0, copy.length >> 1), rate: bytes.readUInt32LE(24) };
}

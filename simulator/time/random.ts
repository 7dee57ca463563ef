/**
 * Seeded randomness. The generator is sfc32 (Chris Doty-Humphrey's "small fast counting" generator, from
 * PractRand), seeded by FNV-1a hashes of a text.
 *
 * `fork` makes a stream that depends only on the seed and the label, never on earlier draws. One more draw in one place
 * does not change the draws elsewhere. The same seed gives the same run.
 */
type Words = readonly [number, number, number, number];

const FNV_PRIME = 0x01000193;
/** Four arbitrary offset bases, so that one text fills the generator's four words with four different hashes. */
const FNV_OFFSETS: Words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
/** Rounds after which sfc32's state no longer resembles its seed. */
const WARM_UP_ROUNDS = 15;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /** The hashes of the seed. Those of a longer text go on from there. */
  private readonly hashes: Words;

  constructor(seed: string | number, hashesBefore: Words = FNV_OFFSETS) {
    const text = String(seed);
    const [a, b, c, counter] = hashesBefore;
    this.hashes = [fnv1a(text, a), fnv1a(text, b), fnv1a(text, c), fnv1a(text, counter)];
    [this.a, this.b, this.c, this.counter] = this.hashes;
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.next();
  }

  /** Returns an independent stream. The same label gives the same stream, regardless of earlier draws from this one. */
  fork(label: string): Random {
    return new Random(`/${label}`, this.hashes);
  }

  /** At least 0 and below 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.below(16).toString(16);
    return text;
  }
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash;
}

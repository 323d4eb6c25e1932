/**
 * Morgan fingerprints of molecules, by RDKit (its WebAssembly build): which circular environments of atoms a molecule
 * has, folded into some thousand bits. Rogers & Hahn 2010, doi:10.1021/ci100050t; the bits are those of RDKit's
 * `GetMorganFingerprintAsBitVect(mol, radius, nBits)` with its defaults (no chirality, bond types, no features).
 */
import type { MainModule } from '@rdkit/rdkit';
import { OptionError } from '../../errors.js';

export interface FingerprintOptions {
  /** Environments reach so many bonds from their atom, 0 to 20. Default 2. */
  readonly radius?: number;
  /** Length of the fingerprint, 8 to 1,048,576. Default 1024. */
  readonly bits?: number;
}

/** Numbers of the bits that are set, ascending; `null` where a text is no molecule. */
export type FingerprintOf = (smiles: string) => Promise<number[] | null>;

const MOST_RADIUS = 20;
const [LEAST_BITS, MOST_BITS] = [8, 2 ** 20];
/** Longer texts are refused unread: RDKit's stack ends before. The longest of 17,775 LINCS compounds has 461. */
const LONGEST_SMILES = 5000;

/**
 * Loads RDKit at the first molecule. What brings RDKit down (a chain of a thousand atoms, for one) counts as
 * unreadable, and the next molecule gets a fresh RDKit. Throws OptionError.
 */
export function morganFingerprints({ radius = 2, bits = 1024 }: FingerprintOptions = {}): FingerprintOf {
  if (!Number.isInteger(radius) || radius < 0 || radius > MOST_RADIUS) {
    throw new OptionError('--radius', radius, `a whole number from 0 to ${MOST_RADIUS}`);
  }
  if (!Number.isInteger(bits) || bits < LEAST_BITS || bits > MOST_BITS) {
    throw new OptionError('--bits', bits, `a whole number from ${LEAST_BITS} to ${MOST_BITS}`);
  }
  const details = JSON.stringify({ radius, nBits: bits });
  return async (text) => {
    const smiles = moleculeOf(text);
    if (smiles === '' || smiles.length > LONGEST_SMILES) return null;
    for (;;) {
      loaded ??= loadRdkit();
      const asked = loaded;
      const rdkit = await asked;
      // another molecule may have brought it down while this one waited
      if (asked === loaded) return bitsOf(rdkit, smiles, details);
    }
  };
}

/** Seven megabytes of code: loaded once, for all who ask. */
let loaded: Promise<MainModule> | undefined;

async function loadRdkit(): Promise<MainModule> {
  const { default: module } = await import('@rdkit/rdkit');
  // what it cannot read is reported by us
  return module.default({ print: () => undefined, printErr: () => undefined });
}

function bitsOf(rdkit: MainModule, smiles: string, details: string): number[] | null {
  try {
    const molecule = rdkit.get_mol(smiles);
    if (!molecule) return null;
    try {
      return onBits(molecule.get_morgan_fp_as_uint8array(details));
    } finally {
      molecule.delete();
    }
  } catch {
    // after a trap its memory cannot be trusted
    loaded = undefined;
    return null;
  }
}

/** A SMILES as files have it: spaces around it, perhaps a name behind it. JSON and mol blocks are no SMILES. */
function moleculeOf(text: string): string {
  const [first = ''] = text.trim().split(/\s/, 1);
  return first.startsWith('{') ? '' : first;
}

function onBits(packed: Uint8Array): number[] {
  const on: number[] = [];
  packed.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) on.push(8 * at + bit);
  });
  return on;
}

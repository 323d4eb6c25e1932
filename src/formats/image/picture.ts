/** A picture in memory. */

export interface Picture {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 red, green and blue. */
  readonly channels: 1 | 3;
  /** (height, width, channels), 0 black … 1 full. */
  readonly values: Float64Array;
  /** Bits a channel in the file it came from and goes to. */
  readonly depth: 8 | 16;
}

/** Pixels of a picture at most: 16 million, 400 MB as numbers of three channels. */
export const MOST_PIXELS = 2 ** 24;

/** What tells runs of an experiment apart: all that their results depend on, but for the version of the program. */

/** Equal for equal runs. */
export const runKey = (run: object): string => JSON.stringify(run);

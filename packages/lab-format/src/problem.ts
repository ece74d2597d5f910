/** Something wrong in a lab's files. `file` is relative to the labs folder, `line` counts from 1. */
export interface Problem {
  file: string;
  line: number;
  reason: string;
}

/** Why a backup or a restore was not done, in one sentence; everything is as it was. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Of the process: 1 for an archive that is not as it was made, 2 for all else. */
  readonly exitCode: 1 | 2;

  constructor(message: string, kind: 'damaged' | 'refused' = 'refused', options?: ErrorOptions) {
    super(message, options);
    this.exitCode = kind === 'damaged' ? 1 : 2;
  }
}

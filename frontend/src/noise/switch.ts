/** Noise suppression in calls, as the agent chose: put in once a call is talked on, so that none waits for it. Loaded when first wanted. */
import type { NoiseFiles, NoiseState, Suppressor } from "./ports";
import { createSuppressor } from "./suppressor";

/** The part of the SDK's audio that it needs. */
interface Processing {
  addProcessor(processor: Suppressor): Promise<void>;
  removeProcessor(processor: Suppressor): Promise<void>;
}

export interface Surrounding {
  /** What the agent chose. */
  wanted(): boolean;
  /** Null while nobody talks. */
  audio(): Processing | null;
  /** Lets the SDK open its microphone anew without its being closed in between. */
  keeping(change: () => Promise<void>): Promise<void>;
  tell(state: NoiseState): void;
}

export class NoiseSwitch {
  private work = Promise.resolve();
  private put: { suppressor: Suppressor; audio: Processing } | null = null;
  private failed = false;
  private wanted = false;

  constructor(
    private readonly files: NoiseFiles,
    private readonly around: Surrounding,
    private readonly create: typeof createSuppressor = createSuppressor,
  ) {}

  /** The agent chose otherwise, a call is talked on now, or is over. One change at a time: the SDK bears no two. */
  look(): Promise<void> {
    const wanted = this.around.wanted();
    // Whoever chooses it again wants it tried again.
    if (wanted !== this.wanted) this.failed = false;
    this.wanted = wanted;
    this.work = this.work.then(() => this.settle());
    return this.work;
  }

  /** The phone that it was in is gone. */
  drop(): void {
    this.put?.suppressor.close();
    this.put = null;
  }

  private async settle(): Promise<void> {
    const audio = this.around.audio();
    if (!audio) this.failed = false;
    const isWanted = this.wanted && audio !== null && !this.failed;
    if (isWanted && !this.put) await this.begin(audio);
    else if (!isWanted && this.put) await this.end();
  }

  private async begin(audio: Processing): Promise<void> {
    this.around.tell("starting");
    let suppressor: Suppressor | null = null;
    try {
      suppressor = await this.create(this.files, () => this.fail());
      // While it was loaded the call ended, or the agent wants it no more.
      if (this.around.audio() !== audio || !this.wanted) {
        suppressor.close();
        this.around.tell("off");
        return;
      }
      const added = suppressor;
      this.put = { suppressor: added, audio };
      await this.around.keeping(async () => audio.addProcessor(added));
      if (!this.failed) this.around.tell("on");
    } catch {
      if (suppressor && !this.put) suppressor.close();
      this.fail();
    }
  }

  private async end(): Promise<void> {
    const { put } = this;
    this.put = null;
    if (!put) return;
    try {
      await this.around.keeping(async () => put.audio.removeProcessor(put.suppressor));
    } catch {
      // The call ended meanwhile, and what it heard with is gone.
    }
    put.suppressor.close();
    if (!this.failed) this.around.tell("off");
  }

  /** It is taken out again, and the call goes on with what the microphone hears. */
  private fail(): void {
    this.failed = true;
    this.around.tell("failed");
    void this.look();
  }
}

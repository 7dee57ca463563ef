/** The account that docs/api.md speaks of, in a simulated one: what it names there has another id here. */
import { Play } from '../workflows/play';
import type { Example } from './examples';

/** The node that the document makes, and the one that it is said to have besides. */
const NODE = 'smi-0a1b2c3d';
const OTHER_NODE = 'smi-4e5f6a7b';

export interface Answered {
  readonly status: number;
  readonly body: any;
}

export class DocumentedAccount {
  private constructor(
    private readonly play: Play,
    private readonly idOf: Map<string, string>,
  ) {}

  /** The play that the account is in; whoever opens it stops it. */
  static async open(): Promise<Play> {
    // What starts an execution is written down before the execution begins: they are not of the same millisecond.
    return Play.open({ controlPlane: { stepFunctionsLatencyMs: 50 } });
  }

  static async in(play: Play): Promise<DocumentedAccount> {
    const { vpcId, subnetIds, securityGroupId, arm64ImageId } = play.stage.account;
    const ids = new Map([
      ['vpc-0f1e2d3c4b5a69788', vpcId],
      ['subnet-0a9b8c7d6e5f40312', subnetIds[0]],
      ['sg-01f2e3d4c5b6a7980', securityGroupId],
      ['ami-0c1d2e3f4a5b69870', arm64ImageId],
      ['eipalloc-0d4c3b2a19081726f', await play.allocate()],
    ]);
    return new DocumentedAccount(play, ids);
  }

  /** Sends what the example says, and lets everything that follows from it come to an end. */
  async run({ method, path, headers, body }: Omit<Example, 'answer' | 'isExcerpt'>): Promise<Answered> {
    if (body?.includes(OTHER_NODE) === true) await this.makeOtherNode();
    const token = await this.play.stage.token();
    const answer = await this.ask({
      method,
      path: this.here(path.replace('$NODE', NODE)),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('$TOKEN', token)]),
      ),
      ...(body !== undefined && { body: this.here(body) }),
    });
    if (method === 'POST' && answer.status === 200) this.idOf.set(NODE, answer.body.response.items[0].id);
    await this.play.untilIdle();
    await this.play.passSeconds(1);
    return answer;
  }

  /** The text with the ids that this account has. */
  private here(text: string): string {
    return [...this.idOf].reduce((result, [documented, real]) => result.replaceAll(documented, real), text);
  }

  private async makeOtherNode(): Promise<void> {
    if (this.idOf.has(OTHER_NODE)) return;
    const first = await this.play.document();
    const { id } = await this.play.settle(
      this.play.service.create({ ...first, compute: { ...first.compute, privateIp: '10.0.0.43' } }),
    );
    this.idOf.set(OTHER_NODE, id);
    await this.play.untilIdle();
  }

  private async ask(request: Parameters<Play['stage']['plane']['request']>[0]): Promise<Answered> {
    const { status, body } = await this.play.settle(this.play.stage.plane.request(request));
    return { status, body: JSON.parse(body.toString()) };
  }
}

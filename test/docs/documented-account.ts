/** The account of docs/api.md, simulated: the resources that the page names have other ids here. */
import { launchPlain } from '../workflows/import-play';
import { leaveVolume } from '../workflows/left-volumes';
import { Play } from '../workflows/play';
import type { Example } from './examples';

/** The node that the page creates, and the other node that it names. */
const NODE = 'smi-0a1b2c3d';
const OTHER_NODE = 'smi-4e5f6a7b';
/** The instance that the page imports, and the imports in their order. */
const PLAIN_INSTANCE = 'i-0a1b2c3d4e5f60718';
const IMPORTS = ['smg-5c6d7e8f', 'smg-9a8b7c6d'];

/** The interface that the deletion of the node leaves. */
const LEFT_INTERFACE = 'eni-0e4f5a6b7c8d90123';

/** The volume that an instance of the node has left behind. */
const LEFT_VOLUME = 'vol-0b1c2d3e4f5a69788';

const NODES_PATH = '/aws/ec2/managedInstance';
const IMPORTS_PATH = `${NODES_PATH}/migration`;

export interface HttpResponse {
  readonly status: number;
  readonly body: any;
}

export class DocumentedAccount {
  private constructor(
    private readonly play: Play,
    private readonly idOf: Map<string, string>,
  ) {}

  /** Opens the play that holds the account. The caller must stop it. */
  static async open(): Promise<Play> {
    // The entry of a request must be older than those of its execution, not from the same millisecond.
    return Play.open({ controlPlane: { stepFunctionsLatencyMs: 50 } });
  }

  static async in(play: Play): Promise<DocumentedAccount> {
    const { vpcId, subnetIds, securityGroupId, arm64ImageId } = play.sandbox.account;
    const ids = new Map([
      ['vpc-0f1e2d3c4b5a69788', vpcId],
      ['subnet-0a9b8c7d6e5f40312', subnetIds[0]],
      ['sg-01f2e3d4c5b6a7980', securityGroupId],
      ['ami-0c1d2e3f4a5b69870', arm64ImageId],
      ['eipalloc-0d4c3b2a19081726f', await play.allocate()],
    ]);
    return new DocumentedAccount(play, ids);
  }

  /** Sends the example's request, and waits until its operations have ended. */
  async run({ method, path, headers, body }: Omit<Example, 'answer' | 'isExcerpt'>): Promise<HttpResponse> {
    if (body?.includes(OTHER_NODE) === true) await this.makeOtherNode();
    if (body?.includes(PLAIN_INSTANCE) === true) await this.launchPlainInstance();
    if (path.includes(LEFT_VOLUME)) await this.leaveVolume();
    const token = await this.play.sandbox.token();
    const response = await this.send({
      method,
      path: this.here(path),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('$TOKEN', token)]),
      ),
      ...(body !== undefined && { body: this.here(body) }),
    });
    if (path.endsWith('/resources')) this.idOf.set(LEFT_INTERFACE, response.body.response.items[0].id);
    if (method === 'POST' && response.status === 200) this.learn(path, response.body.response.items[0]);
    // The next example cancels this import, so it must not end before.
    if (path === IMPORTS_PATH) return response;
    await this.play.untilIdle();
    // EC2 may show for some seconds the tags of an import that was cancelled, or not yet those of what a deletion left.
    await this.play.passSeconds(10);
    return response;
  }

  /** Replaces the page's ids in the text by those of this account. */
  private here(text: string): string {
    return [...this.idOf].reduce((result, [documented, real]) => result.replaceAll(documented, real), text);
  }

  /** Records the id of what was just created, under the id that the page uses. */
  private learn(path: string, item: { readonly id?: string; readonly migrationId?: string }): void {
    if (path === NODES_PATH && item.id !== undefined) this.idOf.set(NODE, item.id);
    const documented = IMPORTS.find((id) => !this.idOf.has(id));
    const isImport = path === IMPORTS_PATH || path === `${IMPORTS_PATH}/bulk`;
    if (isImport && documented !== undefined) this.idOf.set(documented, item.migrationId ?? '');
  }

  private async leaveVolume(): Promise<void> {
    this.idOf.set(LEFT_VOLUME, await leaveVolume(this.play, this.here(NODE)));
  }

  private async launchPlainInstance(): Promise<void> {
    if (this.idOf.has(PLAIN_INSTANCE)) return;
    const { instanceId } = await launchPlain(this.play);
    this.idOf.set(PLAIN_INSTANCE, instanceId);
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

  private async send(request: Parameters<Play['sandbox']['plane']['request']>[0]): Promise<HttpResponse> {
    const { status, body } = await this.play.settle(this.play.sandbox.plane.request(request));
    return { status, body: JSON.parse(body.toString()) };
  }
}

/**
 * Launch templates. Each has one version here: `CreateLaunchTemplateVersion` is not simulated.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html
 */
import type {
  CreateLaunchTemplateCommandOutput,
  CreateLaunchTemplateRequest,
  DeleteLaunchTemplateCommandOutput,
  DeleteLaunchTemplateRequest,
  DescribeLaunchTemplatesCommandOutput,
  DescribeLaunchTemplatesRequest,
  FleetLaunchTemplateSpecificationRequest,
  LaunchTemplate as Described,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { describe, type FilterTable } from '../requests/describe';
import { ec2Error, NotSimulated } from '../requests/ec2-error';
import { find, isVisible } from '../requests/lookup';
import { allowOnly, badValue, combination, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import { readTagSpecifications, seenTags, tagList } from '../requests/tags';
import type { LaunchTemplate } from '../world';

const NAME = /^[a-zA-Z0-9().\-/_]{3,128}$/;
const VERSION = '1';

/** Checked when an instance is launched. EC2 takes almost anything in a template. */
const DATA = [
  'BlockDeviceMappings',
  'CreditSpecification',
  'EbsOptimized',
  'IamInstanceProfile',
  'ImageId',
  'KeyName',
  'MetadataOptions',
  'Monitoring',
  'NetworkInterfaces',
  'Placement',
  'UserData',
] as const;

export class LaunchTemplates {
  constructor(private readonly simulation: Simulation) {}

  create(input: CreateLaunchTemplateRequest): Without$metadata<CreateLaunchTemplateCommandOutput> {
    allowOnly('CreateLaunchTemplate', input, [
      'DryRun',
      'LaunchTemplateData',
      'LaunchTemplateName',
      'TagSpecifications',
    ]);
    const name = required(input.LaunchTemplateName, 'LaunchTemplateName');
    if (!NAME.test(name)) throw ec2Error('InvalidLaunchTemplateName.MalformedException', `Invalid name: ${name}`);
    const data = required(input.LaunchTemplateData, 'LaunchTemplateData');
    allowOnly('CreateLaunchTemplate.LaunchTemplateData', data, DATA);
    const tags = readTagSpecifications(input.TagSpecifications, 'CreateLaunchTemplate', ['launch-template']);
    if (this.byName(name) !== undefined) {
      throw ec2Error('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
    }
    const { simulation } = this;
    const template: LaunchTemplate = {
      id: simulation.newId('lt'),
      ordinal: simulation.nextOrdinal(),
      tags: simulation.newTags(tags['launch-template'] ?? {}),
      name,
      data: data as Record<string, unknown>,
      createdAt: simulation.now(),
      visibleAt: simulation.now() + simulation.latencyMs('newResourceVisible'),
    };
    simulation.world.launchTemplates.set(template.id, template);
    return { LaunchTemplate: this.shape(template) };
  }

  delete(input: DeleteLaunchTemplateRequest): Without$metadata<DeleteLaunchTemplateCommandOutput> {
    allowOnly('DeleteLaunchTemplate', input, ['DryRun', 'LaunchTemplateId', 'LaunchTemplateName']);
    const template = this.named(input);
    this.simulation.world.launchTemplates.delete(template.id);
    return { LaunchTemplate: this.shape(template) };
  }

  describe(
    input: DescribeLaunchTemplatesRequest,
    pageSize: number,
  ): Without$metadata<DescribeLaunchTemplatesCommandOutput> {
    allowOnly('DescribeLaunchTemplates', input, ['DryRun', 'Filters', 'LaunchTemplateIds', 'MaxResults', 'NextToken']);
    const { items, nextToken } = describe(
      this.simulation,
      'launchTemplates',
      {
        operation: 'DescribeLaunchTemplates',
        ids: input.LaunchTemplateIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
        pageSize,
        maxResultsRange: [1, 200],
      },
      this.filters,
    );
    return { LaunchTemplates: items.map((item) => this.shape(item)), NextToken: nextToken };
  }

  /** The template that a fleet names. @throws EC2's error if there is none, or no such version */
  used(specification: FleetLaunchTemplateSpecificationRequest): LaunchTemplate {
    allowOnly('LaunchTemplateSpecification', specification, ['LaunchTemplateId', 'LaunchTemplateName', 'Version']);
    const template = this.named(specification);
    const version = required(specification.Version, 'LaunchTemplateSpecification.Version');
    if (version.startsWith('$')) throw new NotSimulated(`the version ${version} of a launch template`);
    if (version !== VERSION) {
      throw ec2Error('InvalidLaunchTemplateId.VersionNotFound', `Could not find launch template version ${version}`);
    }
    return template;
  }

  private named(by: {
    readonly LaunchTemplateId?: string | undefined;
    readonly LaunchTemplateName?: string | undefined;
  }): LaunchTemplate {
    const { LaunchTemplateId: id, LaunchTemplateName: name } = by;
    if (id !== undefined && name !== undefined) throw combination('Give a launch template by id or by name, not both');
    if (id !== undefined) return find(this.simulation, 'launchTemplates', id);
    const template = this.byName(required(name, 'LaunchTemplateName'));
    if (template !== undefined && isVisible(this.simulation, template)) return template;
    throw ec2Error(
      'InvalidLaunchTemplateName.NotFoundException',
      `The specified launch template ${name} does not exist`,
    );
  }

  private byName(name: string): LaunchTemplate | undefined {
    return [...this.simulation.world.launchTemplates.values()].find((each) => each.name === name);
  }

  private shape(template: LaunchTemplate): Described {
    return {
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      CreateTime: new Date(template.createdAt),
      DefaultVersionNumber: Number(VERSION),
      LatestVersionNumber: Number(VERSION),
      Tags: tagList(seenTags(this.simulation, template)),
    };
  }

  private readonly filters: FilterTable<LaunchTemplate> = { 'launch-template-name': ({ name }) => [name] };
}

/** The template's data. @throws InvalidParameterValue if it names an interface: we do not know what EC2 does then */
export function dataOf({ data }: LaunchTemplate): RequestLaunchTemplateData {
  const { NetworkInterfaces: interfaces = [] } = data as RequestLaunchTemplateData;
  if (interfaces.some(({ NetworkInterfaceId: id }) => id !== undefined)) {
    throw badValue('A fleet takes no existing network interface');
  }
  return data;
}

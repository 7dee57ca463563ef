/** A configuration as a command, as CDK and as Terraform: nothing of it is lost in silence. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { configFields } from '../../domain/config/config-fields';
import { asCdk } from '../../console/src/pages/configuration/as-cdk';
import { creationAsCurl, updateAsCurl } from '../../console/src/pages/configuration/as-curl';
import { asTerraform } from '../../console/src/pages/configuration/as-terraform';
import { withUserData, withValue, type JsonObject } from '../../console/src/pages/edit/document';

const DOCUMENT: JsonObject = {
  name: 'the licence\'s "server"',
  description: 'Two\nlines, ${HOME} and \\',
  region: 'us-east-1',
  strategy: { lifeCycle: 'spot', fallbackToOd: true },
  persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
  compute: {
    vpcId: 'vpc-0f1e2d3c4b5a69788',
    subnetIds: ['subnet-0a9b8c7d6e5f40312'],
    privateIp: '10.0.0.42',
    launchSpecification: {
      imageId: 'ami-0c1d2e3f4a5b69870',
      instanceTypes: { preferredType: 'm7g.large', preferredTypes: ['c7g.large'], types: ['m6g.large'] },
      tags: [{ tagKey: 'service', tagValue: 'licences' }],
      networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: false }],
      blockDeviceMappings: [
        { deviceName: '/dev/sdf', ebs: { volumeSize: 20, volumeType: 'gp3' } },
        { deviceName: '/dev/sdg', virtualName: 'ephemeral0' },
      ],
    },
  },
};

describe('as curl', () => {
  test.each([
    ['creation', creationAsCurl(DOCUMENT), 'POST', 'https://h/aws/ec2/managedInstance'],
    ['update', updateAsCurl('smi-0a1b2c3d', DOCUMENT), 'PUT', 'https://h/aws/ec2/managedInstance/smi-0a1b2c3d'],
  ])('%s sends the document, whatever it holds', (_what, command, method, url) => {
    // A shell reads the command; a function in the place of curl shows what curl would get.
    const script = `curl() { for each; do printf '%s\\0' "$each"; done; }\n${command}`;
    const environment = { HOLDFAST: 'https://h', TOKEN: 'secret' };
    const said = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env: environment }).split('\0');
    expect(said.slice(0, 4)).toEqual(['-sS', '-X', method, url]);
    expect(said).toContain('Authorization: Bearer secret');
    expect(JSON.parse(said[said.indexOf('-d') + 1] ?? '')).toEqual({ managedInstance: DOCUMENT });
  });
});

describe('as CDK', () => {
  /** Runs the code with a class that notes its properties. */
  function propsOf(code: string): { readonly id: string; readonly props: Record<string, unknown> } {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    const made: { id: string; props: Record<string, unknown> }[] = [];
    function StatefulNode(_scope: unknown, id: string, props: Record<string, unknown>): void {
      made.push({ id, props });
    }
    runInNewContext(outputText, { require: () => ({ StatefulNode }), exports: {}, holdfast: 'the deployment' });
    return made[0]!;
  }

  test('has the whole document', () => {
    const { id, props } = propsOf(asCdk(DOCUMENT));
    expect(props).toEqual({ holdfast: 'the deployment', ...DOCUMENT });
    expect(id).toBe('TheLicenceSServer');
  });

  test('leaves out what is null', () => {
    expect(propsOf(asCdk({ name: 'a', description: null })).props).toEqual({ holdfast: 'the deployment', name: 'a' });
  });

  test('is formatted like the example of the documentation', () => {
    const page = readFileSync(resolve(__dirname, '../../docs/library.md'), 'utf8');
    const [example = ''] = /new StatefulNode\(this, 'Db', \{.*?\n {4}\}\);/s.exec(page) ?? [];
    const document = {
      name: 'db',
      persistence: { persistPrivateIp: true },
      compute: {
        vpcId: 'vpc-0123456789abcdef0',
        subnetIds: ['subnet-0123456789abcdef0'],
        launchSpecification: {
          imageId: 'ami-0123456789abcdef0',
          instanceTypes: { types: ['m7g.large', 'm6g.large'] },
          securityGroupIds: ['sg-0123456789abcdef0'],
        },
      },
    };
    expect(asCdk(document)).toContain(example.replaceAll('\n    ', '\n'));
  });
});

describe('as Terraform', () => {
  test('has the attributes of the provider, and names what it has none for', () => {
    expect(asTerraform(DOCUMENT, 'smi-0a1b2c3d')).toMatchInlineSnapshot(`
     "# The provider connects through a proxy: docs/clients.md, "Terraform".
     # Take over the node first: terraform import spotinst_managed_instance_aws.the_licence_s_server smi-0a1b2c3d
     # The provider has no attribute for persistence.eniAttachment, set it through the API: "hot"
     # The provider has no attribute for compute.launchSpecification.blockDeviceMappings.1.virtualName, set it through the API: "ephemeral0"
     resource "spotinst_managed_instance_aws" "the_licence_s_server" {
       name                  = "the licence's \\"server\\""
       description           = "Two\\nlines, $\${HOME} and \\\\"
       region                = "us-east-1"
       vpc_id                = "vpc-0f1e2d3c4b5a69788"
       subnet_ids            = ["subnet-0a9b8c7d6e5f40312"]
       private_ip            = "10.0.0.42"
       life_cycle            = "spot"
       fallback_to_ondemand  = true
       persist_private_ip    = true
       image_id              = "ami-0c1d2e3f4a5b69870"
       preferred_type        = "m7g.large"
       instance_types        = ["m7g.large", "c7g.large", "m6g.large"]
       product               = "Linux/UNIX"
       persist_block_devices = false
       auto_healing          = true
       tags {
         key   = "service"
         value = "licences"
       }
       network_interface {
         device_index                = "0"
         associate_public_ip_address = false
       }
       block_device_mappings {
         device_name = "/dev/sdf"
         ebs {
           volume_size = 20
           volume_type = "gp3"
         }
       }
       block_device_mappings {
         device_name = "/dev/sdg"
       }
     }
     "
    `);
  });

  test.each([
    ['text', '#!/bin/sh\necho "${HOME}"\n', '= "#!/bin/sh\\necho \\"$${HOME}\\"\\n"\n'],
    ['what could be taken for base64', 'true', '= "dHJ1ZQ=="\n'],
    ['what a text of HCL cannot hold', '#!\u0007', '= "IyEH"\n'],
  ])('user data: %s', (_what, text, line) => {
    expect(asTerraform(withUserData(DOCUMENT, text))).toContain(line);
  });

  /** A value that appears nowhere else in the output. */
  const markerOf = (path: string): string => `x-${path.replaceAll(/[^A-Za-z]/g, '-').toLowerCase()}`;

  test('says something about every field of the document', () => {
    const silent = configFields()
      .map(({ path }) => path)
      .filter(
        (path) => !/preferredTypes$|autoHealing|persistBlockDevices|networkInterfaces$|Mappings$|tags$/.test(path),
      )
      .filter((path) => {
        const isInList = path.includes('[]');
        const marker = markerOf(path);
        const field = isInList ? path.replace(/\[\].*/, '') : path;
        const entry = isInList ? withValue({}, path.replace(/.*\[\]\./, ''), marker) : marker;
        const text = asTerraform(withValue({}, field, isInList ? [entry] : entry));
        const isListed = asTerraform(withValue({}, field, [marker])).includes(marker);
        return !text.includes(marker) && !isListed;
      });
    expect(silent).toEqual([]);
  });

  test.each([
    ['Licence Server 2', 'licence_server_2'],
    ['42', 'node_42'],
    ['Ü', 'node'],
  ])('%s is named %s', (name, identifier) => {
    expect(asTerraform({ name })).toContain(`resource "spotinst_managed_instance_aws" "${identifier}"`);
  });
});

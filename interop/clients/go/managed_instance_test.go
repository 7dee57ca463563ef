// Package interop uses nodes as users of Spot's Go SDK do. The SDK is unmodified. The tests send nothing to the API
// themselves: they check what the SDK sends, and what it makes of the responses.
package interop

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spotinst/spotinst-sdk-go/service/managedinstance"
	"github.com/spotinst/spotinst-sdk-go/service/managedinstance/providers/aws"
	"github.com/spotinst/spotinst-sdk-go/spotinst"
	"github.com/spotinst/spotinst-sdk-go/spotinst/client"
	"github.com/spotinst/spotinst-sdk-go/spotinst/credentials"
	"github.com/spotinst/spotinst-sdk-go/spotinst/session"
)

const (
	unknownID = "smi-00000000"
	missing   = "MANAGED_INSTANCE_DOESNT_EXIST"
)

var ctx = context.Background()

func serviceWith(t *testing.T, token string) aws.Service {
	t.Helper()
	config := spotinst.DefaultConfig().
		WithBaseURL(environment(t, "HOLDFAST_URL")).
		WithHTTPClient(onlyThisMachine()).
		WithCredentials(credentials.NewStaticCredentials(token, "act-12345678"))
	return managedinstance.New(session.New(config)).CloudProviderAWS()
}

func service(t *testing.T) aws.Service {
	t.Helper()
	return serviceWith(t, environment(t, "HOLDFAST_TOKEN"))
}

// minimal has what every node needs, and nothing else.
func minimal(t *testing.T, name string) *aws.ManagedInstance {
	t.Helper()
	account := theAccount(t)
	specification := new(aws.LaunchSpecification).
		SetImageId(&account.image).
		SetInstanceTypes(new(aws.InstanceTypes).SetPreferredType(spotinst.String("m7g.large")))
	return new(aws.ManagedInstance).
		SetName(&name).
		SetPersistence(new(aws.Persistence).SetPersistPrivateIP(spotinst.Bool(true))).
		SetCompute(new(aws.Compute).
			SetVpcId(&account.vpc).
			SetSubnetIDs([]string{account.subnet}).
			SetLaunchSpecification(specification))
}

// complete has every field of the SDK that Holdfast accepts, with values that no default has where there is a choice.
func complete(t *testing.T, name string) *aws.ManagedInstance {
	t.Helper()
	account := theAccount(t)
	node := minimal(t, name).
		SetDescription(spotinst.String("made by the Go SDK\nin two lines")).
		SetStrategy(new(aws.Strategy).
			SetLifeCycle(spotinst.String("spot")).
			SetFallbackToOnDemand(spotinst.Bool(false)).
			SetDrainingTimeout(spotinst.Int(60)).
			SetUtilizeReservedInstances(spotinst.Bool(false)).
			SetRevertToSpot(new(aws.RevertToSpot).SetPerformAt(spotinst.String("never")))).
		SetHealthCheck(new(aws.HealthCheck).
			SetHealthCheckType(spotinst.String("EC2")).
			SetAutoHealing(spotinst.Bool(false)).
			SetGracePeriod(spotinst.Int(300)).
			SetUnhealthyDuration(spotinst.Int(240)))
	node.Region = &account.region
	node.Persistence.
		SetShouldPersistRootDevice(spotinst.Bool(false)).
		SetShouldPersistBlockDevices(spotinst.Bool(false))
	node.Compute.SetProduct(spotinst.String("Linux/UNIX"))
	node.Compute.LaunchSpecification.
		SetSecurityGroupIDs([]string{account.securityGroup}).
		SetKeyPair(spotinst.String("operator")).
		SetUserData(spotinst.String("IyEvYmluL3NoCmVjaG8gaGVsbG8K")).
		SetTenancy(spotinst.String("default")).
		SetMonitoring(spotinst.Bool(true)).
		SetEBSOptimized(spotinst.Bool(true)).
		SetInstanceTypes(new(aws.InstanceTypes).
			SetPreferredTypes([]string{"m7g.large", "m6g.large"}).
			SetInstanceTypes([]string{"m6g.large", "m7g.large", "m7g.xlarge"})).
		SetNetworkInterfaces([]*aws.NetworkInterface{
			new(aws.NetworkInterface).SetDeviceIndex(spotinst.Int(0)).SetAssociatePublicIPAddress(spotinst.Bool(false)),
		}).
		SetTags([]*aws.Tag{
			new(aws.Tag).SetKey(spotinst.String("team")).SetValue(spotinst.String("licences")),
			new(aws.Tag).SetKey(spotinst.String("empty")).SetValue(spotinst.String("")),
			new(aws.Tag).SetKey(spotinst.String("a")).SetValue(spotinst.String("sorts first")),
		}).
		SetBlockDeviceMappings([]*aws.BlockDeviceMapping{
			new(aws.BlockDeviceMapping).SetDeviceName(spotinst.String("/dev/xvdcz")).SetEBS(new(aws.EBS).
				SetVolumeType(spotinst.String("IO1")).
				SetIOPS(spotinst.Int(100)).
				SetVolumeSize(spotinst.Int(50)).
				SetEncrypted(spotinst.Bool(true)).
				SetDeleteOnTermination(spotinst.Bool(true))),
			new(aws.BlockDeviceMapping).SetDeviceName(spotinst.String("/dev/xvdb")).SetEBS(new(aws.EBS).
				SetVolumeType(spotinst.String("gp3")).
				SetThroughput(spotinst.Int(125)).
				SetVolumeSize(spotinst.Int(8))),
		}).
		SetResourceTagSpecification(new(aws.ResourceTagSpecification).
			SetVolumes(new(aws.Volumes).SetShouldTag(spotinst.Bool(true))).
			SetSnapshots(new(aws.Snapshots).SetShouldTag(spotinst.Bool(false))).
			SetENIs(new(aws.ENIs).SetShouldTag(spotinst.Bool(true))).
			SetAMIs(new(aws.AMIs).SetShouldTag(spotinst.Bool(false)))).
		SetMetadataOptions(new(aws.MetadataOptions).
			SetHttpTokens(spotinst.String("required")).
			SetHttpPutResponseHopLimit(spotinst.Int(2)).
			SetInstanceMetadataTags(spotinst.String("Enabled")))
	return node
}

// create creates the node, and deletes it with everything at the end of the test.
func create(t *testing.T, node *aws.ManagedInstance) *aws.ManagedInstance {
	t.Helper()
	output, err := service(t).Create(ctx, &aws.CreateManagedInstanceInput{ManagedInstance: node})
	if err != nil {
		t.Fatal(err)
	}
	id := spotinst.StringValue(output.ManagedInstance.ID)
	t.Cleanup(func() {
		if err := deleteWithEverything(t, id); err != nil {
			expectCode(t, err, missing)
		}
		waitFor(t, "clean-up of "+id, func() ([]string, bool) {
			left := interfacesOf(t, id)
			return left, len(left) == 0
		})
	})
	return output.ManagedInstance
}

// deleteWithEverything sets every flag, as Terraform's destroy does.
func deleteWithEverything(t *testing.T, id string) error {
	t.Helper()
	_, err := service(t).Delete(ctx, &aws.DeleteManagedInstanceInput{
		ManagedInstanceID: &id,
		AMIBackup:         &aws.AMIBackup{ShouldDeleteImages: spotinst.Bool(true)},
		DeallocationConfig: &aws.DeallocationConfig{
			ShouldDeleteImages:            spotinst.Bool(true),
			ShouldDeleteNetworkInterfaces: spotinst.Bool(true),
			ShouldDeleteSnapshots:         spotinst.Bool(true),
			ShouldDeleteVolumes:           spotinst.Bool(true),
			ShouldTerminateInstance:       spotinst.Bool(true),
		},
	})
	return err
}

// launch creates the node and waits for its first instance.
func launch(t *testing.T, node *aws.ManagedInstance) *aws.StatusManagedInstanceOutput {
	t.Helper()
	return reached(t, spotinst.StringValue(create(t, node).ID), "ACTIVE", "")
}

// reached waits for a status, with another instance than the given one.
func reached(t *testing.T, id, status, notInstance string) *aws.StatusManagedInstanceOutput {
	t.Helper()
	return waitFor(t, id+" "+status, func() (*aws.StatusManagedInstanceOutput, bool) {
		seen, err := service(t).Status(ctx, &aws.StatusManagedInstanceInput{ManagedInstanceID: &id})
		if err != nil {
			t.Fatal(err)
		}
		there := spotinst.StringValue(seen.Status) == status
		return seen, there && (notInstance == "" || spotinst.StringValue(seen.InstanceID) != notInstance)
	})
}

func read(t *testing.T, id string) *aws.ManagedInstance {
	t.Helper()
	output, err := service(t).Read(ctx, &aws.ReadManagedInstanceInput{ManagedInstanceID: &id})
	if err != nil {
		t.Fatal(err)
	}
	return output.ManagedInstance
}

// configurationOf returns the node as JSON without what the server adds, for comparison.
func configurationOf(t *testing.T, node *aws.ManagedInstance) string {
	t.Helper()
	configuration := *node
	configuration.ID, configuration.CreatedAt, configuration.UpdatedAt = nil, nil, nil
	text, err := json.MarshalIndent(configuration, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// expectConfiguration compares with a node's expected configuration, and shows only the lines that differ.
func expectConfiguration(t *testing.T, what string, node *aws.ManagedInstance, expected string) {
	t.Helper()
	actual := configurationOf(t, node)
	if actual == expected {
		return
	}
	t.Errorf("%s: unexpected:%s\nmissing:%s", what, linesWithout(actual, expected), linesWithout(expected, actual))
}

func linesWithout(text, others string) string {
	known := map[string]bool{}
	for _, line := range strings.Split(others, "\n") {
		known[line] = true
	}
	rest := ""
	for _, line := range strings.Split(text, "\n") {
		if !known[line] {
			rest += "\n" + line
		}
	}
	return rest
}

func expectEqual[T comparable](t *testing.T, what string, actual, expected T) {
	t.Helper()
	if actual != expected {
		t.Errorf("%s: got %v, expected %v", what, actual, expected)
	}
}

// expectCode checks that the SDK read a refusal in the envelope, with one error of this code.
func expectCode(t *testing.T, err error, code string) client.Error {
	t.Helper()
	var refusal client.Errors
	if !errors.As(err, &refusal) || len(refusal) != 1 {
		t.Fatalf("got %v, expected one error with the code %s", err, code)
	}
	expectEqual(t, "code", refusal[0].Code, code)
	if refusal[0].RequestID == "" || refusal[0].Message == "" {
		t.Errorf("no request id or message: %+v", refusal[0])
	}
	return refusal[0]
}

func TestCreateReadAndListReturnTheConfigurationAsItWasSent(t *testing.T) {
	for _, row := range []struct {
		name       string
		configured func(*testing.T, string) *aws.ManagedInstance
	}{{"every field", complete}, {"only required fields", minimal}} {
		t.Run(row.name, func(t *testing.T) {
			before := time.Now().Add(-time.Hour)
			sent := row.configured(t, "echoed")
			expected := configurationOf(t, sent)

			created := create(t, sent)

			id := spotinst.StringValue(created.ID)
			if !strings.HasPrefix(id, "smi-") || created.CreatedAt == nil || created.UpdatedAt == nil {
				t.Fatalf("no id or times: %+v", created)
			}
			if created.CreatedAt.Before(before) || created.UpdatedAt.Before(*created.CreatedAt) {
				t.Errorf("created at %s, updated at %s", created.CreatedAt, created.UpdatedAt)
			}
			expectConfiguration(t, "create", created, expected)
			expectConfiguration(t, "read", read(t, id), expected)
			expectConfiguration(t, "list", listed(t)[id], expected)
			reached(t, id, "ACTIVE", "")
			expectConfiguration(t, "read when active", read(t, id), expected)
		})
	}
}

// listed returns all nodes by their ids.
func listed(t *testing.T) map[string]*aws.ManagedInstance {
	t.Helper()
	output, err := service(t).List(ctx, &aws.ListManagedInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	nodes := map[string]*aws.ManagedInstance{}
	for _, node := range output.ManagedInstances {
		nodes[spotinst.StringValue(node.ID)] = node
	}
	return nodes
}

func TestListHasEveryNodeOnce(t *testing.T) {
	one, another := create(t, minimal(t, "one")), create(t, minimal(t, "another"))

	nodes := listed(t)

	for _, node := range []*aws.ManagedInstance{one, another} {
		found, there := nodes[spotinst.StringValue(node.ID)]
		if !there {
			t.Fatalf("%s is not in the list", *node.Name)
		}
		expectEqual(t, "name", spotinst.StringValue(found.Name), *node.Name)
	}
	reached(t, spotinst.StringValue(one.ID), "ACTIVE", "")
	reached(t, spotinst.StringValue(another.ID), "ACTIVE", "")
}

func TestStatusHasTheInstanceAndItsAddresses(t *testing.T) {
	elasticIP := allocateAddress(t)
	node := minimal(t, "status")
	node.Compute.SetElasticIP(&elasticIP.AllocationID)
	created := create(t, node)

	status := reached(t, spotinst.StringValue(created.ID), "ACTIVE", "")

	expectEqual(t, "id", spotinst.StringValue(status.ID), spotinst.StringValue(created.ID))
	expectEqual(t, "name", spotinst.StringValue(status.Name), "status")
	expectEqual(t, "image", spotinst.StringValue(status.ImageID), theAccount(t).image)
	expectEqual(t, "type", spotinst.StringValue(status.InstanceType), "m7g.large")
	expectEqual(t, "public IP", spotinst.StringValue(status.PublicIP), elasticIP.PublicIP)
	expectEqual(t, "instances", strings.Join(instancesOf(t, *status.ID), " "), spotinst.StringValue(status.InstanceID))
	if !strings.HasPrefix(spotinst.StringValue(status.PrivateIP), "10.0.") || status.IPv6Address != nil {
		t.Errorf("private IP %v, IPv6 %v", spotinst.StringValue(status.PrivateIP), spotinst.StringValue(status.IPv6Address))
	}
	if !status.CreatedAt.Equal(*created.CreatedAt) || !status.LaunchedAt.After(*created.CreatedAt) {
		t.Errorf("created at %s and %s, launched at %s", created.CreatedAt, status.CreatedAt, status.LaunchedAt)
	}
}

func TestUpdateMergesObjectsAndNullRemovesFields(t *testing.T) {
	node := complete(t, "before")
	created := create(t, node)
	id := spotinst.StringValue(created.ID)
	reached(t, id, "ACTIVE", "")
	expected := *created
	expected.Compute.LaunchSpecification.Tags = nil
	expected.Compute.LaunchSpecification.MetadataOptions = nil
	expected.Compute.LaunchSpecification.InstanceTypes.PreferredTypes = nil
	expected.Name, expected.Description, expected.HealthCheck = spotinst.String("after"), nil, nil
	expected.Strategy.DrainingTimeout = spotinst.Int(90)
	// An update is a merge patch (RFC 7396): of an object whose fields are all null, the empty object remains.
	expected.Scheduling, expected.Integration = new(aws.Scheduling), new(aws.Integration)

	change := &aws.ManagedInstance{ID: &id}
	change.SetName(spotinst.String("after")).
		SetDescription(nil).
		SetHealthCheck(nil).
		SetStrategy(new(aws.Strategy).SetDrainingTimeout(spotinst.Int(90))).
		SetScheduling(new(aws.Scheduling).SetTasks(nil)).
		SetIntegration(new(aws.Integration).SetRoute53(nil).SetLoadBalancersConfig(nil)).
		SetCompute(new(aws.Compute).SetLaunchSpecification(new(aws.LaunchSpecification).
			SetTags(nil).
			SetMetadataOptions(nil).
			SetShutdownScript(nil).
			SetIAMInstanceProfile(nil).
			SetInstanceTypes(new(aws.InstanceTypes).SetPreferredTypes(nil).SetPreferredType(nil))))
	output, err := service(t).Update(ctx, &aws.UpdateManagedInstanceInput{
		ManagedInstance: change, AutoApplyTags: spotinst.Bool(true),
	})

	if err != nil {
		t.Fatal(err)
	}
	expectConfiguration(t, "update", output.ManagedInstance, configurationOf(t, &expected))
	expectConfiguration(t, "read", read(t, id), configurationOf(t, &expected))
	expectEqual(t, "id", spotinst.StringValue(output.ManagedInstance.ID), id)
	if !output.ManagedInstance.CreatedAt.Equal(*created.CreatedAt) || !output.ManagedInstance.UpdatedAt.After(*created.UpdatedAt) {
		t.Errorf("created at %s, updated at %s", output.ManagedInstance.CreatedAt, output.ManagedInstance.UpdatedAt)
	}
}

func pause(t *testing.T, id string) error {
	_, err := service(t).Pause(ctx, &aws.PauseManagedInstanceInput{ManagedInstanceID: &id})
	return err
}

func resume(t *testing.T, id string) error {
	_, err := service(t).Resume(ctx, &aws.ResumeManagedInstanceInput{ManagedInstanceID: &id})
	return err
}

func recycle(t *testing.T, id string) error {
	_, err := service(t).Recycle(ctx, &aws.RecycleManagedInstanceInput{ManagedInstanceID: &id})
	return err
}

func expectSameAddresses(t *testing.T, before, after *aws.StatusManagedInstanceOutput) {
	t.Helper()
	expectEqual(t, "private IP", spotinst.StringValue(after.PrivateIP), spotinst.StringValue(before.PrivateIP))
	expectEqual(t, "public IP", spotinst.StringValue(after.PublicIP), spotinst.StringValue(before.PublicIP))
}

func TestReplacementsKeepTheAddresses(t *testing.T) {
	replacements := []struct {
		name string
		by   func(t *testing.T, before *aws.StatusManagedInstanceOutput) error
	}{
		{"recycle", func(t *testing.T, before *aws.StatusManagedInstanceOutput) error { return recycle(t, *before.ID) }},
		{"interruption", func(t *testing.T, before *aws.StatusManagedInstanceOutput) error {
			interrupt(t, *before.InstanceID)
			return nil
		}},
		{"pause and resume", func(t *testing.T, before *aws.StatusManagedInstanceOutput) error {
			// Terraform repeats an action at every apply, so a repeat must be harmless.
			if err := errors.Join(pause(t, *before.ID), pause(t, *before.ID)); err != nil {
				return err
			}
			paused := reached(t, *before.ID, "PAUSED", "")
			expectSameAddresses(t, before, paused)
			if paused.InstanceID != nil || paused.InstanceType != nil || paused.LaunchedAt != nil {
				t.Errorf("a paused node has no instance: %+v", paused)
			}
			expectEqual(t, "instances", len(instancesOf(t, *before.ID)), 0)
			return errors.Join(resume(t, *before.ID), resume(t, *before.ID))
		}},
		{"recycle of a paused node", func(t *testing.T, before *aws.StatusManagedInstanceOutput) error {
			if err := pause(t, *before.ID); err != nil {
				return err
			}
			reached(t, *before.ID, "PAUSED", "")
			return recycle(t, *before.ID)
		}},
	}
	for _, replacement := range replacements {
		t.Run(replacement.name, func(t *testing.T) {
			elasticIP := allocateAddress(t)
			node := minimal(t, replacement.name)
			node.Compute.SetElasticIP(&elasticIP.AllocationID)
			before := launch(t, node)
			held := holderOf(t, elasticIP.AllocationID)

			if err := replacement.by(t, before); err != nil {
				t.Fatal(err)
			}
			after := reached(t, *before.ID, "ACTIVE", *before.InstanceID)

			expectSameAddresses(t, before, after)
			expectEqual(t, "interface with the Elastic IP", holderOf(t, elasticIP.AllocationID), held)
			expectEqual(t, "instances", strings.Join(instancesOf(t, *before.ID), " "), *after.InstanceID)
		})
	}
}

// Terraform sends the action and then the update, in one apply.
func TestAnUpdateRightAfterAnActionIsAccepted(t *testing.T) {
	for _, action := range []struct {
		name, leadsTo string
		request       func(*testing.T, string) error
	}{{"pause", "PAUSED", pause}, {"recycle", "ACTIVE", recycle}} {
		t.Run(action.name, func(t *testing.T) {
			id := *launch(t, minimal(t, action.name)).ID

			if err := action.request(t, id); err != nil {
				t.Fatal(err)
			}
			change := &aws.ManagedInstance{ID: &id, Description: spotinst.String("updated meanwhile")}
			output, err := service(t).Update(ctx, &aws.UpdateManagedInstanceInput{ManagedInstance: change})

			if err != nil {
				t.Fatal(err)
			}
			expectEqual(t, "description", spotinst.StringValue(output.ManagedInstance.Description), "updated meanwhile")
			reached(t, id, action.leadsTo, "")
		})
	}
}

func TestDeleteIsFinalAtOnceAndCleansUpAfterwards(t *testing.T) {
	elasticIP := allocateAddress(t)
	node := minimal(t, "deleted")
	node.Compute.SetElasticIP(&elasticIP.AllocationID)
	id := *launch(t, node).ID

	if err := deleteWithEverything(t, id); err != nil {
		t.Fatal(err)
	}

	_, err := service(t).Read(ctx, &aws.ReadManagedInstanceInput{ManagedInstanceID: &id})
	expectCode(t, err, missing)
	if _, there := listed(t)[id]; there {
		t.Error("the deleted node is in the list")
	}
	waitFor(t, "termination", func() ([]string, bool) {
		left := instancesOf(t, id)
		return left, len(left) == 0
	})
	waitFor(t, "deletion of the interface", func() ([]string, bool) {
		left := interfacesOf(t, id)
		return left, len(left) == 0
	})
	expectEqual(t, "holder of the Elastic IP", holderOf(t, elasticIP.AllocationID), "")
}

// `terraform apply -replace` deletes a node and creates one with the same addresses within a second.
func TestANewNodeTakesTheAddressesOfADeletedOne(t *testing.T) {
	elasticIP := allocateAddress(t)
	privateIP := freePrivateIP(t)
	configured := func() *aws.ManagedInstance {
		node := minimal(t, "replaced")
		node.Compute.SetElasticIP(&elasticIP.AllocationID).SetPrivateIP(&privateIP)
		return node
	}
	before := launch(t, configured())

	if err := deleteWithEverything(t, *before.ID); err != nil {
		t.Fatal(err)
	}
	after := launch(t, configured())

	expectSameAddresses(t, before, after)
	expectEqual(t, "private IP", spotinst.StringValue(after.PrivateIP), privateIP)
}

// number returns 0 for a missing number, which no test expects.
func number(value *float32) float32 {
	if value == nil {
		return 0
	}
	return *value
}

func TestCosts(t *testing.T) {
	status := launch(t, minimal(t, "costly"))
	day := status.LaunchedAt.UTC().Format(time.DateOnly)
	seconds := strconv.FormatInt(status.LaunchedAt.Unix()-3600, 10)
	ranges := []struct {
		name  string
		input aws.CostsManagedInstanceInput
	}{
		{"no range", aws.CostsManagedInstanceInput{}},
		{"days", aws.CostsManagedInstanceInput{FromDate: &day, ToDate: &day}},
		{"by the day", aws.CostsManagedInstanceInput{FromDate: &day, ToDate: &day, AggregationPeriod: spotinst.String("daily")}},
		{"Unix seconds", aws.CostsManagedInstanceInput{FromDate: &seconds}},
	}
	for _, row := range ranges {
		t.Run(row.name, func(t *testing.T) {
			input := row.input
			input.ManagedInstanceID = status.ID

			output, err := service(t).Costs(ctx, &input)

			if err != nil {
				t.Fatal(err)
			}
			if output.Running == nil || output.Savings == nil || output.Costs == nil {
				t.Fatalf("incomplete: %+v", output)
			}
			expectEqual(t, "unit of running", spotinst.StringValue(output.Running.Unit), "hours")
			expectEqual(t, "unit of savings", spotinst.StringValue(output.Savings.Unit), "percentage")
			hours, saved := number(output.Running.Value), number(output.Savings.Value)
			actual, potential := number(output.Costs.Actual), number(output.Costs.Potential)
			if !(hours > 0 && saved > 0 && saved < 100 && actual > 0 && actual < potential) {
				t.Errorf("%v hours, %v %% saved, costs %v of %v", hours, saved, actual, potential)
			}
		})
	}
}

func TestCostsOfAnInvalidRangeAreRefused(t *testing.T) {
	id := *launch(t, minimal(t, "refused costs")).ID

	_, err := service(t).Costs(ctx, &aws.CostsManagedInstanceInput{ManagedInstanceID: &id, FromDate: spotinst.String("yesterday")})

	expectEqual(t, "field", expectCode(t, err, "VALIDATION_ERROR").Field, "fromDate")
}

func TestAnUnknownIDIsReportedAsSuch(t *testing.T) {
	id := unknownID
	calls := []struct {
		name string
		call func(t *testing.T) error
	}{
		{"read", func(t *testing.T) error {
			_, err := service(t).Read(ctx, &aws.ReadManagedInstanceInput{ManagedInstanceID: &id})
			return err
		}},
		{"update", func(t *testing.T) error {
			change := &aws.ManagedInstance{ID: spotinst.String(unknownID), Name: spotinst.String("new")}
			_, err := service(t).Update(ctx, &aws.UpdateManagedInstanceInput{ManagedInstance: change})
			return err
		}},
		{"delete", func(t *testing.T) error { return deleteWithEverything(t, unknownID) }},
		{"status", func(t *testing.T) error {
			_, err := service(t).Status(ctx, &aws.StatusManagedInstanceInput{ManagedInstanceID: &id})
			return err
		}},
		{"costs", func(t *testing.T) error {
			_, err := service(t).Costs(ctx, &aws.CostsManagedInstanceInput{ManagedInstanceID: &id})
			return err
		}},
		{"pause", func(t *testing.T) error { return pause(t, unknownID) }},
		{"resume", func(t *testing.T) error { return resume(t, unknownID) }},
		{"recycle", func(t *testing.T) error { return recycle(t, unknownID) }},
	}
	for _, row := range calls {
		t.Run(row.name, func(t *testing.T) {
			refusal := expectCode(t, row.call(t), missing)

			expectEqual(t, "status", refusal.Response.StatusCode, http.StatusBadRequest)
		})
	}
}

func TestARefusedConfigurationReportsEveryField(t *testing.T) {
	node := minimal(t, "refused")
	node.Compute.SetElasticIP(spotinst.String("no-allocation"))
	node.Persistence.SetShouldPersistRootDevice(spotinst.Bool(true))

	_, err := service(t).Create(ctx, &aws.CreateManagedInstanceInput{ManagedInstance: node})

	var refusal client.Errors
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, expected a refusal", err)
	}
	fields := map[string]string{}
	for _, each := range refusal {
		fields[each.Field] = each.Code
	}
	expectEqual(t, "number of errors", len(fields), 2)
	expectEqual(t, "root device", fields["persistence.persistRootDevice"], "VALIDATION_ERROR")
	expectEqual(t, "Elastic IP", fields["compute.elasticIp"], "VALIDATION_ERROR")
	for _, each := range listed(t) {
		if spotinst.StringValue(each.Name) == "refused" {
			t.Error("the refused node is in the list")
		}
	}
}

func TestAWrongTokenIsRefusedInTheEnvelope(t *testing.T) {
	_, err := serviceWith(t, "not-the-token").List(ctx, &aws.ListManagedInstancesInput{})

	expectEqual(t, "status", expectCode(t, err, "UNAUTHORIZED").Response.StatusCode, http.StatusUnauthorized)
}

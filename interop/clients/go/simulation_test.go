package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

const (
	// Real seconds. Every operation takes far less at the speed of the server: this ends a test that hangs.
	settledWithin  = 30 * time.Second
	pollEvery      = 50 * time.Millisecond
	requestTimeout = 10 * time.Second
)

// world is what GET /simulator/world returns, as far as the tests read it.
type world struct {
	Region  string `json:"region"`
	Subnets []struct {
		SubnetID string `json:"subnetId"`
		VpcID    string `json:"vpcId"`
	} `json:"subnets"`
	Images []struct {
		ImageID      string `json:"imageId"`
		Architecture string `json:"architecture"`
	} `json:"images"`
	SecurityGroups []struct {
		GroupID string `json:"groupId"`
		Name    string `json:"name"`
	} `json:"securityGroups"`
	Addresses []struct {
		AllocationID       string  `json:"allocationId"`
		NetworkInterfaceID *string `json:"networkInterfaceId"`
	} `json:"addresses"`
	Instances []struct {
		InstanceID string  `json:"instanceId"`
		NodeID     *string `json:"nodeId"`
		State      string  `json:"state"`
	} `json:"instances"`
	NetworkInterfaces []struct {
		NetworkInterfaceID string  `json:"networkInterfaceId"`
		NodeID             *string `json:"nodeId"`
		PrivateIP          string  `json:"privateIp"`
	} `json:"networkInterfaces"`
}

type address struct {
	AllocationID string `json:"allocationId"`
	PublicIP     string `json:"publicIp"`
}

// account has the ids that a node is made with.
type account struct {
	region, vpc, subnet, image, securityGroup string
}

func environment(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run the tests with `npm run interop`", name)
	}
	return value
}

// onlyThisMachine returns an HTTP client that connects to 127.0.0.1 and uses no proxy: the SDK has a default server of
// its own, and a mistake in a test must not reach it.
func onlyThisMachine() *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err != nil || host != "127.0.0.1" {
			return nil, fmt.Errorf("tests may connect to 127.0.0.1 only, not to %s", address)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	return &http.Client{Timeout: requestTimeout, Transport: &http.Transport{DialContext: dial}}
}

var loopback = onlyThisMachine()

// simulate sends a request to the routes under /simulator, which no client of the API knows.
func simulate[T any](t *testing.T, method, action string, body any) T {
	t.Helper()
	sent := new(bytes.Buffer)
	if body != nil {
		if err := json.NewEncoder(sent).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequest(method, environment(t, "HOLDFAST_URL")+"/simulator/"+action, sent)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+environment(t, "HOLDFAST_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	response, err := loopback.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s /simulator/%s: %s", method, action, response.Status)
	}
	var result T
	if err := json.NewDecoder(response.Body).Decode(&result); err != nil {
		t.Fatal(err)
	}
	return result
}

func look(t *testing.T) world {
	t.Helper()
	return simulate[world](t, http.MethodGet, "world", nil)
}

func theAccount(t *testing.T) account {
	t.Helper()
	seen := look(t)
	found := account{region: seen.Region, vpc: seen.Subnets[0].VpcID, subnet: seen.Subnets[0].SubnetID}
	for _, image := range seen.Images {
		if image.Architecture == "arm64" {
			found.image = image.ImageID
		}
	}
	for _, group := range seen.SecurityGroups {
		if group.Name == "stateful-nodes" {
			found.securityGroup = group.GroupID
		}
	}
	return found
}

// instancesOf returns the node's instances that have not ended and are not ending.
func instancesOf(t *testing.T, nodeID string) []string {
	t.Helper()
	found := []string{}
	for _, each := range look(t).Instances {
		ended := each.State == "shutting-down" || each.State == "terminated"
		if each.NodeID != nil && *each.NodeID == nodeID && !ended {
			found = append(found, each.InstanceID)
		}
	}
	return found
}

func interfacesOf(t *testing.T, nodeID string) []string {
	t.Helper()
	found := []string{}
	for _, each := range look(t).NetworkInterfaces {
		if each.NodeID != nil && *each.NodeID == nodeID {
			found = append(found, each.NetworkInterfaceID)
		}
	}
	return found
}

// freePrivateIP returns an address of the first subnet that no interface has: the simulator draws the others.
func freePrivateIP(t *testing.T) string {
	t.Helper()
	taken := map[string]bool{}
	for _, each := range look(t).NetworkInterfaces {
		taken[each.PrivateIP] = true
	}
	for last := 200; last < 250; last++ {
		if address := fmt.Sprintf("10.0.0.%d", last); !taken[address] {
			return address
		}
	}
	t.Fatal("every address is taken")
	return ""
}

// holderOf returns the interface that the Elastic IP is associated with, or "".
func holderOf(t *testing.T, allocationID string) string {
	t.Helper()
	for _, each := range look(t).Addresses {
		if each.AllocationID == allocationID && each.NetworkInterfaceID != nil {
			return *each.NetworkInterfaceID
		}
	}
	return ""
}

func interrupt(t *testing.T, instanceID string) {
	t.Helper()
	simulate[any](t, http.MethodPost, "interrupt", map[string]string{"instanceId": instanceID})
}

// allocateAddress allocates an Elastic IP and releases it at the end of the test: the account has five.
func allocateAddress(t *testing.T) address {
	t.Helper()
	allocated := simulate[address](t, http.MethodPost, "allocate-address", nil)
	t.Cleanup(func() {
		waitFor(t, "the Elastic IP to be free", func() (string, bool) {
			holder := holderOf(t, allocated.AllocationID)
			return holder, holder == ""
		})
		simulate[any](t, http.MethodPost, "release-address", map[string]string{"allocationId": allocated.AllocationID})
	})
	return allocated
}

// waitFor looks until the condition holds, and returns what it saw.
func waitFor[T any](t *testing.T, what string, look func() (T, bool)) T {
	t.Helper()
	for deadline := time.Now().Add(settledWithin); ; time.Sleep(pollEvery) {
		seen, there := look()
		if there {
			return seen
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s; seen last: %+v", settledWithin, what, seen)
		}
	}
}

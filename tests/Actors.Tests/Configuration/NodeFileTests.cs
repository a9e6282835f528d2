using System.Text.Json.Nodes;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class NodeFileTests
{
    [Fact]
    public void Options_go_over_the_defaults_and_settings_over_options()
    {
        var node = Read([new("--roles", "node.roles", new JsonArray("worker")), new("--campaigns", "node.campaigns", "a \"b\" [c"), new("--port", "node.port", "1")], "spiketrail.node.port=2");

        Assert.Equal(("worker", "a \"b\" [c", 2), (Assert.Single(node.Roles), node.Campaigns, node.Port));
    }

    [Theory]
    [InlineData("--roles", "node.roles", "boss", "--roles: expected supervisor or worker, found \"boss\"")]
    [InlineData("--join", "node.seed-nodes", "a:b", "--join: expected none or a list of \"host:port\", found \"a:b\"")]
    public void An_option_that_cannot_be_used_is_named_as_it_was_typed(string option, string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => Read([new(option, key, new JsonArray(value))])).Message);

    [Fact]
    public void A_port_that_is_none_is_named_as_it_was_typed() =>
        Assert.Equal(
            "--port: expected a whole number from 0 to 65535, found \"x\"",
            Assert.Throws<InputException>(() => Read([new("--port", "node.port", "x")])).Message);

    [Fact]
    public void A_setting_that_cannot_be_used_is_named_with_its_key() =>
        Assert.Equal(
            "--set: spiketrail.node.port: expected a whole number from 0 to 65535, found \"x\"",
            Assert.Throws<InputException>(() => Read([], "spiketrail.node.port=x")).Message);

    private static NodeSettings Read(NodeOption[] options, params string[] overrides) => NodeFile.ReadNode(NodeFile.Open(null, options, overrides));
}

using SpikeTrail.Actors.Configuration;
using SpikeTrail.Host.Live;
using SpikeTrail.Host.Telemetry;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Tests.Live;

public sealed class LiveEndpointTests
{
    [Fact]
    public void A_node_has_its_page_on_this_machine_unless_it_is_told_otherwise()
    {
        Assert.Equal(new LiveEndpoint("127.0.0.1", 9180), LiveEndpoint.Read(Settings().Section("web")));
        Assert.Equal(new LiveEndpoint("127.0.0.1", 0), LiveEndpoint.Read(Settings("spiketrail.web.port=0").Section("web")));
        Assert.Null(LiveEndpoint.Read(Settings("spiketrail.web.enabled=off").Section("web")));
    }

    [Theory]
    [InlineData("spiketrail.web.port=70000", "--set: spiketrail.web.port: expected a whole number from 0 to 65535, found \"70000\"")]
    [InlineData("spiketrail.web.host=\"a b\"", "--set: spiketrail.web.host: expected an address or a name of this machine, found \"a b\"")]
    public void A_setting_that_cannot_be_used_is_named_with_its_key(string setting, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => LiveEndpoint.Read(Settings(setting).Section("web"))).Message);

    [Fact]
    public void Nothing_is_sent_to_a_collector_unless_a_node_is_told_to()
    {
        Assert.Null(Otlp());
        Assert.Equal(new OtlpSettings(new("http://127.0.0.1:4318"), TimeSpan.FromSeconds(15)), Otlp("spiketrail.telemetry.otlp.enabled=on"));
        Assert.Equal(
            "--set: spiketrail.telemetry.otlp.endpoint: expected a URL such as \"http://127.0.0.1:4318\", found \"nowhere\"",
            Assert.Throws<InputException>(() => Otlp("spiketrail.telemetry.otlp.endpoint=nowhere")).Message);
    }

    private static OtlpSettings? Otlp(params string[] overrides) => OtlpSettings.Read(Settings(overrides).Section("telemetry").Section("otlp"));

    private static HoconSection Settings(params string[] overrides) => NodeFile.Open(null, [], overrides);
}

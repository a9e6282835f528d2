using System.Text.Json;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Results;

public sealed class ProvenanceJsonTests
{
    [Fact]
    public void Keys_are_those_of_the_contract_in_their_order()
    {
        using var json = JsonDocument.Parse(ProvenanceJson.Write(SampleResults.Provenance));

        Assert.Equal("started finished host spiketrail libtorch devices threads configuration failures timings", Keys(json.RootElement));
        Assert.Equal("run work attempt reason gave-up", Keys(json.RootElement.GetProperty("failures")[0]));
        Assert.Equal("work seconds", Keys(json.RootElement.GetProperty("timings")[0]));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var json = ProvenanceJson.Write(SampleResults.Provenance with { Finished = null });

        Assert.Equal(json, ProvenanceJson.Write(ProvenanceJson.Read(json)));
    }

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(member => member.Name));
}

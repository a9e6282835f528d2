using System.Diagnostics.Metrics;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class SparsitySampleTests
{
    [Fact]
    public void One_frame_each_way_is_looked_at_until_another_is_wanted()
    {
        using var mostlyZero = tensor(new float[] { 0, 0, 1, 0 });
        using var halfZero = tensor(new float[] { 0, 2, 0, -1 });
        var sample = new SparsitySample(Group(0));
        Assert.Equal((null, null), (sample.SpikeZeros, sample.GradientZeros));

        sample.OnSpikes(mostlyZero);
        sample.OnSpikes(halfZero);
        sample.OnGradients(halfZero);
        sample.OnGradients(mostlyZero);
        Assert.Equal((0.75, 0.5), (sample.SpikeZeros, sample.GradientZeros));

        sample.Renew();
        sample.OnSpikes(halfZero);
        Assert.Equal((0.5, 0.5), (sample.SpikeZeros, sample.GradientZeros));
    }

    [Fact]
    public void Logits_are_no_spikes()
    {
        using var logits = tensor(new float[] { 0.5f, 0 });
        var sample = new SparsitySample(Group(1));

        sample.OnSpikes(logits);
        sample.Renew();
        sample.OnSpikes(logits);
        sample.OnGradients(logits);

        Assert.Equal((null, null), (sample.SpikeZeros, sample.GradientZeros));
    }

    [Fact]
    public void Who_listens_can_tell_groups_of_two_pipelines_apart()
    {
        var heard = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument is { Meter.Name: Instruments.Name, Name: "spiketrail.sparsity" })
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, share, tags, _) => heard.Add(FormattableString.Invariant($"{string.Join(' ', tags.ToArray().Select(tag => tag.Value))}: {share}")));
        listener.Start();
        using var spikes = tensor(new float[] { 0, 0, 1, 0 });
        foreach (var pipeline in new[] { "tiny-1", "tiny-2" })
        {
            var sample = new SparsitySample(Group(0) with { PipelineName = pipeline });
            sample.OnSpikes(spikes);
            sample.Record();
        }

        Assert.Equal(["tiny-1 0 spikes: 0.75", "tiny-2 0 spikes: 0.75"], heard);
    }

    private static LayerGroupPlan Group(int index) => TinyRun.Context(folder: "", groups: 2).Group(index);
}

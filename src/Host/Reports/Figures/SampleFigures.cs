using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>The figures of a campaign's samples: images and what was made of them, and what neurons fired.</summary>
internal static class SampleFigures
{
    /// <summary>Test images, the magnified perturbation and the attacked images (the paper's figure 1): a figure for each run.</summary>
    public static IEnumerable<Figure> Examples(CampaignSamples samples) =>
        from run in samples.Runs
        select new Figure(
            CampaignFigures.FileName("examples", run.Dataset, run.Network),
            run.Samples.Attack is null ? $"Test images as {run.Network} sees them" : $"Adversarial examples for {run.Network} on {run.Dataset}",
            $"{FirstImages(run)} of {run.Dataset}{Perturbed(run.Samples)} Above an image stands its class, beneath it what the network takes it for and that "
            + $"class's probability; \u2717 marks a wrong one. {OneSeed(run)} The data are all pixels, channel by channel and row by row.",
            ExampleSheet.Of(run));

    /// <summary>How much each layer fires, clean and attacked: networks with the same layers in one figure.</summary>
    public static IEnumerable<Figure> RatesAlong(CampaignSamples samples) =>
        from alike in samples.Runs.GroupBy(run => (run.Dataset, Layers: string.Join('\n', run.Samples.Clean.Select(layer => layer.Module))))
        from runs in alike.Chunk(CampaignFigures.MostLines / 2)
        let first = runs[0]
        select new Figure(
            CampaignFigures.FileName("firing-rate", first.Dataset, first.Network),
            $"Firing rate along the network on {first.Dataset}",
            $"Share of a layer's neurons that spike in a time step, averaged over {Steps(first.Samples)}. {FirstImages(first)}, as they are{(runs.Any(run => run.Samples.Attack is not null) ? " and under attack" : "")}. {OneSeed(first)}",
            new Chart(
                new Axis("layer of neurons", Labels: [.. first.Samples.Clean.Select(layer => layer.Module)]),
                new Axis("neurons that spike (%)"),
                [
                    .. from run in runs
                       from shown in Shown(run.Samples)
                       select new Series(
                           $"{run.Network}, {shown.Name}",
                           [.. shown.Layers.Index().Select(layer => new ChartPoint(layer.Index, 100 * layer.Item.Rates(run.Samples.Images.Count).Average(), Label: layer.Item.Module))]),
                ]));

    /// <summary>How much each layer fires at each time step: a figure for each run.</summary>
    public static IEnumerable<Figure> RatesOverTime(CampaignSamples samples) =>
        from run in samples.Runs
        select new Figure(
            CampaignFigures.FileName("firing-rate-over-time", run.Dataset, run.Network),
            $"Firing rates over time, {run.Network} on {run.Dataset}",
            $"Share of a layer's neurons that spike at each time step, {Steps(run.Samples)} from left to right; the scale is beneath. {FirstImages(run)}, averaged. {OneSeed(run)}",
            RateSheet.Of(run.Samples, [.. Shown(run.Samples)]));

    /// <summary>Which neurons fired for one image: a figure for each run.</summary>
    public static IEnumerable<Figure> Rasters(CampaignSamples samples) =>
        from run in samples.Runs
        select new Figure(
            CampaignFigures.FileName("spikes", run.Dataset, run.Network),
            $"Spikes in {run.Network} on {run.Dataset}",
            $"Spikes for test image {Numbers.Plain(run.Samples.Images[0].Index)} alone: {Steps(run.Samples)} from left to right, and from top to bottom up to 64 neurons of each layer, evenly "
            + $"chosen in the order of channels and pixels; in brackets how many it has. {(run.Samples.Attack is { } attack ? $"The attack is {NameOf(attack)}. " : "")}{OneSeed(run)}",
            RasterSheet.Of(run.Samples));

    private static IEnumerable<(string Name, IReadOnlyList<LayerSpikes> Layers)> Shown(RunSamples samples)
    {
        yield return ("clean", samples.Clean);
        if (samples.Attack is { } attack)
        {
            yield return (NameOf(attack), samples.Attacked);
        }
    }

    /// <summary>What an attack is called beside a picture: <c>pgd, eps 8</c>.</summary>
    public static string NameOf(SampledAttack attack) => $"{attack.Attack}, eps {Numbers.Epsilon(attack.Epsilon)}";

    private static string FirstImages(SampledRun run) =>
        run.Samples.Images.Count == 1 ? "The first test image" : $"The first {Numbers.Count(run.Samples.Images.Count)} test images";

    private static string Perturbed(RunSamples samples) => samples.Attack is not { } attack
        ? " as they are. No attack is shown: the campaign has none that changes the pixels of each image by itself, with batch norm on running statistics; an attacked spike train is no picture."
        : $": as they are; what {attack.Attack} at eps {Numbers.Epsilon(attack.Epsilon)}/255 under {attack.Protocol} changes in them, magnified {Numbers.Count(ExampleSheet.Magnification(attack))} times, "
          + "grey where nothing; and attacked, from the attack's first start.";

    private static string Steps(RunSamples samples) => $"time steps 0 to {Numbers.Plain(samples.Clean[0].Counts.Count - 1)}";

    private static string OneSeed(SampledRun run) => $"Seed {Numbers.Plain(run.Seed)} alone.";
}

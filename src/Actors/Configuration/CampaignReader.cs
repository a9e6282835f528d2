using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads the section <c>campaign</c>.</summary>
internal static class CampaignReader
{
    public static CampaignSpec Read(HoconSection campaign)
    {
        var defaults = campaign.Section("defaults");
        var attack = defaults.Section("attack");
        var spec = new CampaignSpec
        {
            Name = campaign.Name("name"),
            Networks = Named(campaign, "networks", defaults.Section("network"), NetworkReader.Read, network => network.Name),
            DataSets = Named(campaign, "data-sets", defaults.Section("data-set"), DataSetReader.Read, dataSet => dataSet.Name),
            Seeds = Seeds(campaign),
            Training = TrainingReader.Read(campaign.Section("training")),
            Protocols = Named(campaign, "protocols", defaults.Section("protocol"), ProtocolReader.Read, protocol => protocol.Name),
            Attacks = Named(campaign, "attacks", attack, AttackReader.Read, attack => attack.Name),
            Epsilons = Epsilons(campaign),
            Probes = Probes(campaign.Section("probes")),
            Checks = campaign.Some("checks"),
            Evaluation = Evaluation(campaign.Section("evaluation")),
            Samples = campaign.Integer("samples", min: 0, max: 24),
        };
        return TransferReader.Resolve(spec, campaign.Sections("attacks", attack));
    }

    private static List<T> Named<T>(
        HoconSection campaign, string key, HoconSection defaults, Func<HoconSection, T> read, Func<T, string> name)
    {
        var specs = campaign.Sections(key, defaults).Select(read).ToList();
        return Repeated(specs.Select(name)) is { } repeated
            ? throw campaign.Error(key, $"expected different names, found \"{repeated}\" twice")
            : specs;
    }

    private static IReadOnlyList<long> Seeds(HoconSection campaign)
    {
        var seeds = campaign.Longs("seeds");
        return Repeated(seeds.Select(seed => $"{seed}")) is { } repeated
            ? throw campaign.Error("seeds", $"expected different seeds, found {repeated} twice")
            : seeds;
    }

    private static IReadOnlyList<double> Epsilons(HoconSection campaign)
    {
        var epsilons = campaign.Numbers("epsilons", "a number from 0 to 255, in units of 1/255", epsilon => epsilon is >= 0 and <= 255);
        foreach (var (smaller, larger) in epsilons.Zip(epsilons.Skip(1)))
        {
            if (smaller >= larger)
            {
                throw campaign.Error("epsilons", FormattableString.Invariant($"expected ascending numbers, found {larger} after {smaller}"));
            }
        }

        return epsilons;
    }

    private static ProbeSpec Probes(HoconSection probes) => new()
    {
        Operations = probes.Flag("operations"),
        WeightGradients = probes.Flag("weight-gradients"),
        RandomPerturbations = probes.Integer("random-perturbations", min: 0),
    };

    private static EvaluationSpec Evaluation(HoconSection evaluation)
    {
        var spec = new EvaluationSpec
        {
            BatchSize = evaluation.Integer("batch-size", min: 1),
            ShardSize = evaluation.Integer("shard-size", min: 1),
        };
        return spec.ShardSize % spec.BatchSize == 0
            ? spec
            : throw evaluation.Error("shard-size", $"expected a multiple of batch-size ({spec.BatchSize}), found {spec.ShardSize}");
    }

    private static string? Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
}

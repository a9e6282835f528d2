using System.Globalization;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>One live network's worth of work: a network on a data set with a seed.</summary>
public sealed record RunPlan(RunId Id, NetworkSpec Network, DataSetSpec DataSet, long Seed);

/// <summary>A cell of another run that makes images.</summary>
public readonly record struct SourceCell(RunId Run, CellId Cell);

/// <summary>One row of the results: a run under a protocol, an attack and a budget (0 for the clean images).</summary>
public sealed record CellPlan(CellId Id, RunPlan Run, ProtocolSpec Protocol, AttackSpec Attack, double Epsilon)
{
    /// <summary>The chain it is measured in, together with the other attacks at its budget; null where its shards are independent.</summary>
    public ChainId? Chain => Protocol.IsChain && Attack.Kind != AttackKind.None
        ? new ChainId(CampaignPlan.Invariant($"{Run.Id.Value}/{Protocol.Name}/{Epsilon:R}"))
        : null;

    /// <summary>The cell whose attacked images it shows; null for all but transfer.</summary>
    public SourceCell? Source => Attack is { From: { } network, Attack: { } attack } && CampaignPlan.IdOf(network, Run.DataSet, Run.Seed) is var run
        ? new SourceCell(run, CampaignPlan.IdOf(run, Protocol, attack, Epsilon))
        : null;

    /// <summary>The first so many images of the protocol's order that it is measured on, rounded up to whole shards; null for all.</summary>
    public int? Images { get; init; }
}

/// <summary>Unfolds a campaign into its runs and cells, always in the same order.</summary>
public static class CampaignPlan
{
    /// <summary>The attack every run is measured under first: none.</summary>
    public static AttackSpec Clean { get; } = new() { Name = "none", Kind = AttackKind.None, StepSize = 0, Iterations = 0, Restarts = 0 };

    /// <summary>All runs of a campaign: networks, then data sets, then seeds.</summary>
    public static IEnumerable<RunPlan> Runs(CampaignSpec campaign) =>
        from network in campaign.Networks
        from dataSet in campaign.DataSets
        from seed in campaign.Seeds
        select new RunPlan(IdOf(network.Name, dataSet, seed), network, dataSet, seed);

    /// <summary>
    /// All cells of a run: for each protocol the clean images, then each attack at each budget, then those of the checks; these
    /// would be one more influence on each other's statistics where a protocol contaminates them. Images of another network are shown
    /// where they are images, and never to the network that they were made on.
    /// </summary>
    public static IEnumerable<CellPlan> Cells(CampaignSpec campaign, RunPlan run)
    {
        foreach (var protocol in campaign.Protocols)
        {
            yield return Cell(run, protocol, Clean, 0);
            foreach (var attack in campaign.Attacks.Where(attack => attack.Kind != AttackKind.None && Shows(run, protocol, attack)))
            {
                foreach (var epsilon in campaign.Epsilons)
                {
                    yield return Cell(run, protocol, attack, epsilon);
                }
            }

            foreach (var (attack, epsilon) in protocol.Contaminates ? [] : CheckAttacks.Of(campaign).Concat(CheckAttacks.Transfers(campaign, run.Network)).Where(check => Shows(run, protocol, check.Attack)))
            {
                yield return Cell(run, protocol, attack, epsilon) with { Images = campaign.Checks };
            }
        }
    }

    /// <summary>The cells of other runs that show images made by a run's own.</summary>
    public static IEnumerable<CellPlan> Readers(CampaignSpec campaign, RunPlan source) =>
        from run in Runs(campaign)
        where run.DataSet.Name == source.DataSet.Name && run.Seed == source.Seed
        from cell in Cells(campaign, run)
        where cell.Source?.Run == source.Id
        select cell;

    internal static RunId IdOf(string network, DataSetSpec dataSet, long seed) => new(Invariant($"{network}/{dataSet.Name}/{seed}"));

    internal static CellId IdOf(RunId run, ProtocolSpec protocol, string attack, double epsilon) => new(Invariant($"{run.Value}/{protocol.Name}/{attack}/{epsilon:R}"));

    private static bool Shows(RunPlan run, ProtocolSpec protocol, AttackSpec attack) =>
        attack.Kind != AttackKind.Transfer || (protocol.LetsImagesTransfer && attack.From != run.Network.Name);

    private static CellPlan Cell(RunPlan run, ProtocolSpec protocol, AttackSpec attack, double epsilon) =>
        new(IdOf(run.Id, protocol, attack.Name, epsilon), run, protocol, attack, epsilon);

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

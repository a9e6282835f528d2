using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A cell as one of a campaign's runs measured it.</summary>
internal sealed record SeedCell(RunResult Run, CellResult Cell)
{
    public CellName Name => new(Run.Network.Name, Run.Dataset.Name, Cell.Protocol, Cell.Attack, Cell.Epsilon);
}

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>What makes cells of different campaigns the same cell: everything but the seed. Epsilon is in units of 1/255, 0 for the clean images.</summary>
internal sealed record CellName(string Network, string DataSet, string Protocol, string Attack, double Epsilon);

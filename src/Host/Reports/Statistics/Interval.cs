namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>Where a true value lies, with 95 % confidence: a share in [0, 1], or a difference of two in [-1, 1].</summary>
internal readonly record struct Interval(double Low, double High);

namespace SpikeTrail.Snn.Data;

/// <summary>What is there of a data set on this machine.</summary>
/// <param name="Set">The data set.</param>
/// <param name="FoundAt">The folder or archive that holds it, or some of it; <see langword="null"/> where nothing was found.</param>
/// <param name="IsComplete">Every file is there.</param>
/// <param name="IsChecked">Every file was read, and every size, sum, header and label is right.</param>
/// <param name="Problem">What is wrong, in one line; <see langword="null"/> when all is well.</param>
public sealed record DataStatus(KnownDataSet Set, string? FoundAt, bool IsComplete, bool IsChecked, string? Problem);

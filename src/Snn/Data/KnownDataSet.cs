namespace SpikeTrail.Snn.Data;

/// <summary>What the catalogue knows of a data set: enough to find it, to check it and to say where it comes from.</summary>
public sealed record KnownDataSet
{
    /// <summary>The name that campaigns use.</summary>
    public required string Name { get; init; }

    /// <summary>The format of its files.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>The files of the training images, in the order they are read.</summary>
    public required IReadOnlyList<DataFile> TrainingFiles { get; init; }

    /// <summary>The files of the test images, in the order they are read.</summary>
    public required IReadOnlyList<DataFile> TestFiles { get; init; }

    /// <summary>All files.</summary>
    public IEnumerable<DataFile> Files => TrainingFiles.Concat(TestFiles);

    /// <summary>How many training images there are.</summary>
    public required int TrainingCount { get; init; }

    /// <summary>How many test images there are.</summary>
    public required int TestCount { get; init; }

    /// <summary>C: 1 for grey, 3 for colour.</summary>
    public required int Channels { get; init; }

    /// <summary>Height and width of an image, in pixels.</summary>
    public required int Side { get; init; }

    /// <summary>The classes' names, by label.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>How many classes there are.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>Folders that its files usually come in, besides one of the data set's own name; relative paths with slashes.</summary>
    public IReadOnlyList<string> UsualFolders { get; init; } = [];

    /// <summary>The official archive that holds the files, read as it is where they are not unpacked; or none.</summary>
    public string? Archive { get; init; }

    /// <summary>Whether it comes with the program, so that it needs no data folder.</summary>
    public bool Ships { get; init; }

    /// <summary>The terms it may be used under.</summary>
    public required string Licence { get; init; }

    /// <summary>What to cite.</summary>
    public required string Citation { get; init; }
}

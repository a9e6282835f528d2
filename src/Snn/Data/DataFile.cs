namespace SpikeTrail.Snn.Data;

/// <summary>A file of a data set as it was published. On disk it may also be gzipped, with <c>.gz</c> after its name.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Bytes">Its size when unpacked.</param>
/// <param name="Md5">The MD5 sum of the unpacked file, in lower-case hexadecimal.</param>
public sealed record DataFile(string Name, long Bytes, string Md5);

using SpikeTrail.Host.Doctor;

namespace SpikeTrail.Host.Tests.Doctor;

public sealed class FindingsTests
{
    [Fact]
    public void Findings_are_aligned_and_a_remedy_stands_under_what_it_mends() =>
        Assert.Equal(
            """
            ok       cpu       two cores
            problem  libtorch  not there
                               -> build again

            """,
            Findings.Format([Finding.Ok("cpu", "two cores"), Finding.Problem("libtorch", "not there", "build again")]));

    [Fact]
    public void The_processor_is_read_from_its_first_core()
    {
        string[] text = ["model name\t: Xeon", "flags\t\t: fpu avx2 avx512f amx_tile", "", "model name\t: another"];

        var cpu = CpuInfo.Parse(text);

        Assert.Equal("Xeon", cpu.Model);
        Assert.Equal(["AVX2", "AVX-512", "AMX"], cpu.Extensions);
    }
}

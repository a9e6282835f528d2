using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

/// <summary>Tests of kernels that need vectors of 512 bits, in float32 and float64.</summary>
public abstract class WideVectorTest
{
    protected WideVectorTest() =>
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "this processor has no vectors of 512 bits: libtorch computes");

    protected static TheoryData<int[], ScalarType> InBothTypes(params int[][] shapes)
    {
        var data = new TheoryData<int[], ScalarType>();
        foreach (var shape in shapes)
        {
            data.Add(shape, ScalarType.Float32);
            data.Add(shape, ScalarType.Float64);
        }

        return data;
    }
}
